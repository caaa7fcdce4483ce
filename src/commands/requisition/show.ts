import { requireAbilityAt } from '../../domain/access.ts';
import { formatAmount } from '../../domain/money.ts';
import { isComplete } from '../../domain/policy-rules.ts';
import { missingText } from '../../domain/policy-text.ts';
import { requisitionDocument, type RequisitionDocument } from '../../documents/requisition.ts';
import { approvalProgress, type ApprovalProgress } from '../../operations/requisition-approval.ts';
import { getRequisitionView, resolveRequisition } from '../../store/requisitions.ts';
import { formatInstant } from '../../terminal/zone.ts';
import { flagsOf } from '../../operations/flag-payees.ts';
import { flagLines } from '../payee-flags.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'requisition show',
  summary: 'Show a requisition with its approvals and payments',
  arguments: [{ name: 'ref', about: 'requisition: reference, number or id' }],
  examples: [{ command: 'treasury requisition show {REQUISITION}', about: 'everything about one requisition' }],
  access: 'books.read',
  writes: false,
  document: 'requisition',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const { view, progress } = await store.read(async (tx) => {
      const found = await getRequisitionView(tx, await resolveRequisition(tx, input.text('ref'), actor.grants));
      requireAbilityAt(actor, 'books.read', found.requisition);
      return { view: found, progress: await approvalProgress(tx, found) };
    });
    const document = requisitionDocument(view, progress, await flagsOf(store, view.requisition.id));
    const card = requisitionCard(document, await context.zone());
    const waits = document.status === 'submitted' || document.status === 'approved' ? progressLines(progress) : [];
    return {
      data: document,
      human: {
        card: [...card, ...waits.map((value, at) => ({ label: at === 0 ? 'Approval' : '', value }))],
        next: requisitionSteps(document),
      },
    };
  },
};

/** `1 of 2 approvals (policy 3); still needed: 1 more approver: esther.`; nothing where one approver suffices and approved. */
export function progressLines({ policy, given, missing, cfoAwaited, mayApprove }: ApprovalProgress): string[] {
  if (policy.version === 0) return [];
  const who = mayApprove.length === 0 ? 'nobody at present' : mayApprove.join(', ');
  const count = `${given} of ${given + missing.people} approvals (policy ${policy.version})`;
  if (!isComplete(missing)) return [`${count}; still needed: ${missingText(missing)}. Who may: ${who}.`];
  return cfoAwaited ? [`${count}; a CFO must approve it too, or execute its payment. Who may: ${who}.`] : [`${count}.`];
}

/** A requisition as people read it. */
export function requisitionCard(document: RequisitionDocument, zone: string): CardLine[] {
  const when = (at: string): string => formatInstant(new Date(at), zone);
  return [
    { label: 'Requisition', value: `${document.number} (${document.ref})` },
    { label: 'Status', value: document.status },
    { label: 'Amount', value: formatAmount(document.amount_minor, document.currency), kind: 'money' },
    { label: 'Payee', value: document.payee },
    { label: 'Method', value: `${document.method} to ${document.destination}` },
    { label: 'Purpose', value: document.purpose },
    { label: 'Category', value: document.category ?? '-' },
    { label: 'Place', value: placeOf(document) },
    { label: 'Requested by', value: document.requester },
    { label: 'Created', value: when(document.created_at), kind: 'time' },
    { label: 'Revision', value: String(document.revision) },
    ...document.approvals.map((approval) => ({
      label: approval.decision === 'approved' ? 'Approved by' : 'Rejected by',
      value: `${approval.approver}, ${when(approval.at)}, revision ${approval.revision}${approval.reason === null ? '' : `: ${approval.reason}`}`,
    })),
    ...document.payments.map((payment) => ({
      label: 'Payment',
      value: `${payment.ref} ${payment.status}, ${formatAmount(payment.amount_minor, document.currency)} from ${payment.fund}`,
    })),
    ...flagLines(document.flags),
  ];
}

/** `ACME / NBI-R / WESTLANDS`. */
export const placeOf = (document: Pick<RequisitionDocument, 'company' | 'region' | 'branch'>): string =>
  [document.company, document.region, document.branch].filter((code) => code !== null).join(' / ');

/** The commands that a requisition waits for. */
export function requisitionSteps(
  document: Pick<RequisitionDocument, 'number' | 'status' | 'payments' | 'approval'>,
): string[] {
  const { number, status, approval } = document;
  const insufficient = status === 'approved' && approval !== null && approval.given < approval.needed;
  if (status === 'submitted' || insufficient) return [`treasury requisition approve ${number}`];
  if (status === 'rejected') return [`treasury requisition amend ${number} --help`];
  const waiting = document.payments.find((payment) => payment.status === 'pending');
  if (status === 'approved' && waiting !== undefined) return [`treasury payment execute ${waiting.ref}`];
  if (status === 'approved') return [`treasury payment create --requisition ${number} --fund FUND`];
  return [];
}
