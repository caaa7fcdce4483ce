import type { ChangeStatus, Shown } from '../domain/change.ts';
import type { ListedChange } from '../store/changes.ts';

export interface ChangeDocument {
  readonly id: string;
  readonly ref: string;
  /** `user.roles`: the noun and what changes of it. */
  readonly what: string;
  readonly subject: string;
  readonly before: Shown;
  readonly after: Shown;
  readonly reason: string | null;
  readonly status: ChangeStatus;
  readonly proposed_by: string;
  readonly confirmations: readonly string[];
  readonly decided_by: string | null;
  readonly decided_reason: string | null;
  readonly created_at: string;
  readonly decided_at: string | null;
}

/** A change as people and scripts see it. Nothing of its private part. */
export const changeDocument = ({ change, proposer, decider, confirmations }: ListedChange): ChangeDocument => ({
  id: change.id,
  ref: change.ref,
  what: change.kind,
  subject: change.subject,
  before: JSON.parse(change.before) as Shown,
  after: JSON.parse(change.after) as Shown,
  reason: change.reason,
  // The database allows no other status.
  status: change.status as ChangeStatus,
  proposed_by: proposer,
  confirmations,
  decided_by: decider,
  decided_reason: change.decidedReason,
  created_at: change.createdAt.toISOString(),
  decided_at: change.decidedAt?.toISOString() ?? null,
});
