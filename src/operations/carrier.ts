import type { Actor, Origin } from '../domain/access.ts';
import { Problem, type ProblemKind } from '../domain/problem.ts';
import type { Job } from '../domain/schedule.ts';
import type { Row } from '../store/tables.ts';
import type { OfficeDay } from './judge-execution.ts';
import type { Sending } from './send-attempt.ts';

/** A job that is due. */
export interface JobOrder {
  /** The person who ordered it, as of now. Throws forbidden when they may no longer have it done: asked before each part of the work. */
  readonly acting: () => Promise<Actor>;
  readonly schedule: Row<'schedules'>;
}

/** What carrying out needs besides the database. */
export interface Carrier {
  /** This worker among all that share the database. */
  readonly holder: string;
  readonly origin: Origin;
  readonly sending: Sending;
  readonly dayAt: (now: Date) => OfficeDay;
  /** The first time after an instant that a cron expression means. */
  readonly nextAfter: (cron: string, after: Date) => Date;
  /** How each job is done; answers what was done in a few words. */
  readonly jobs: Readonly<Record<Job, (order: JobOrder) => Promise<string>>>;
  /** 0 <= chance < 1. */
  readonly chance: () => number;
}

/** Longest part of what became of something that is kept with it. */
export const LONGEST_DETAIL = 500;

/** What a worker lives with; anything else is a bug or an alarm, and ends it. */
export function passing(error: unknown): Problem {
  if (error instanceof Problem && error.kind !== 'integrity' && error.kind !== 'cancelled') return error;
  throw error;
}

/** Whether the same may work a little later. */
export const isTransient = ({ kind }: Problem): boolean => TRANSIENT.has(kind);
const TRANSIENT: ReadonlySet<ProblemKind> = new Set(['conflict', 'external']);
