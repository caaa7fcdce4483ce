import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { treasuryStanding, type ToolRun } from '../support/tool.ts';

export interface Answer {
  readonly schema: string;
  readonly ok: boolean;
  readonly data?: unknown;
  readonly page?: { readonly next: string | null; readonly count: number; readonly totals: Record<string, string> };
  readonly error?: {
    readonly code: string;
    readonly exit_code: number;
    readonly message: string;
    readonly fix: string | null;
    readonly unchanged: string | null;
    readonly faults: readonly string[];
    readonly checks: readonly {
      readonly id: string;
      readonly ok: boolean | null;
      readonly code: string | null;
      readonly facts: object;
    }[];
  };
  readonly warnings: readonly string[];
  readonly meta: {
    readonly actor: string | null;
    readonly at: string;
    readonly dry_run: boolean;
    readonly replayed: boolean;
    readonly version: string;
  };
}

/** To compile is most of the work: nothing is compiled twice, nor made better than it is. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { optimize: false } });
const validators = new Map<string, ValidateFunction>();

/** What a run with --json answered: one document, valid by the schema that the tool itself prints, with the exit code it ended with. */
export async function answerOf(run: ToolRun): Promise<Answer> {
  const answer = run.json<Answer>();
  const name = /^treasury\.(\w+)\/1$/.exec(answer.schema)?.[1] ?? '';
  const validator = await validatorOf(name);
  expect(validator(answer), `${run.stdout}\n${JSON.stringify(validator.errors)}`).toBe(true);
  if (answer.ok) expect([0, 8, 10, 12]).toContain(run.exitCode);
  else expect(answer.error?.exit_code).toBe(run.exitCode);
  expect(answer.meta.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return answer;
}

/** The refusal of a run with --json. */
export async function errorOf(run: ToolRun): Promise<NonNullable<Answer['error']>> {
  const { error } = await answerOf(run);
  if (error === undefined) throw new Error(`it worked:\n${run.stdout}`);
  return error;
}

async function validatorOf(name: string): Promise<ValidateFunction> {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const { data } = (await treasuryStanding(['schema', name, '--json'])).json<{ data: { json_schema: object } }>();
  const made = ajv.compile(data.json_schema);
  validators.set(name, made);
  return made;
}

/** The commands' keys as they are promised; more may come with them. */
export const PROMISED = {
  fund: 'id ref code name company region branch currency balance reserved available reorder_level imprest_level otp_threshold status last_replenished open_replenishment balance_minor reserved_minor available_minor reorder_level_minor imprest_level_minor otp_threshold_minor',
  payment:
    'id ref requisition fund amount amount_minor currency method destination payee status requester executor otp_required otp_sent_at otp_verified otp_verified_at otp_expires_at retry_count max_retries last_error created_at execution',
  execution_part:
    'id ref executor gateway gateway_reference gateway_status otp_verified_at otp_verified_by ip_address user_agent voucher created_at',
  execution: 'payment execution fund ledger_entry replenishment',
  requisition:
    'id ref number requester payee amount currency method destination purpose category company region branch status approvals created_at amount_minor',
  ledger_entry:
    'id ref fund seq type kind amount balance_after value_date payment execution description reconciled reconciled_by reconciled_at created_at amount_minor balance_after_minor currency',
  replenishment:
    'id ref fund balance requested_amount funded_amount status auto_triggered requested_by approved_by funded_by reason reference created_at balance_minor requested_amount_minor funded_amount_minor currency',
  statement:
    'account currency period opening opening_minor closing closing_minor lines credits credits_minor debits debits_minor ties warnings',
  batch:
    'id ref title fund currency count total total_minor paid paid_minor hash status outcome created_by created_at decided_by executor begun_at resume_until rows',
  batch_row:
    'batch line requisition requisition_number payment payee amount amount_minor currency method destination purpose document outcome payment_status voucher gateway_reference error',
  variance:
    'id ref fund payment kind original adjusted variance original_minor adjusted_minor variance_minor currency reason status recorded_by recorded_at approved_by approved_at decided_reason entry match created_at',
} as const satisfies Record<string, string>;

/** Requires every promised key in a document, whatever its value. */
export function expectPromised(name: keyof typeof PROMISED, document: unknown): void {
  expect(Object.keys(document as object)).toEqual(expect.arrayContaining(PROMISED[name].split(' ')));
}
