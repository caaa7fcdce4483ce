import { normalReference, referenceFault } from '../domain/payment.ts';
import { Problem, usage } from '../domain/problem.ts';
import type { Figures } from '../store/execution-figures.ts';
import type { ExecutionCase } from './judge-execution.ts';

/** A reference as it is compared and kept. Throws usage REFERENCE_INVALID. */
export function usableReference(text: string | null): string | null {
  if (text === null) return null;
  const reference = normalReference(text);
  const fault = referenceFault(reference);
  if (fault === null) return reference;
  throw usage('REFERENCE_INVALID', `${JSON.stringify(text.slice(0, 70))} is not a gateway reference: ${fault}.`, {
    unchanged: 'Nothing was paid.',
  });
}

/** Refuses a reference for cash (REFERENCE_NOT_TAKEN), or one that stands on another payment or suspense item already (GATEWAY_REFERENCE_USED). */
export function refuseUsedReference({ dossier }: ExecutionCase, reference: string | null): void {
  const { payment, figures } = dossier;
  if (reference !== null && payment.method === 'cash') {
    throw usage('REFERENCE_NOT_TAKEN', 'Cash has no gateway reference: its voucher number is the reference.', {
      unchanged: 'Nothing was paid.',
      fix: `treasury payment execute ${payment.ref}`,
    });
  }
  refuseTakenReference(figures, reference);
}

/** Refuses a reference that stands on another payment, or is that of money in suspense, which left for one: it proves no second one. */
export function refuseTakenReference({ referenceUses, referenceHeldAs }: Figures, reference: string | null): void {
  if (reference === null) return;
  if (referenceUses > 0) throw referenceUsed(reference);
  if (referenceHeldAs === null) return;
  throw new Problem(
    'refused',
    'GATEWAY_REFERENCE_USED',
    `Reference ${reference} is that of the money held as ${referenceHeldAs}, which left for another attempt; a reference is used once.`,
    { unchanged: 'Nothing was paid.', fix: 'treasury suspense list --all' },
  );
}

const referenceUsed = (reference: string): Problem =>
  new Problem(
    'refused',
    'GATEWAY_REFERENCE_USED',
    `Reference ${reference} was used for another payment; a reference is used once.`,
    {
      unchanged: 'Nothing was paid.',
      fix: `treasury payment list --search ${reference}`,
    },
  );
