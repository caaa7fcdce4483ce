import type * as Change from '../../../src/domain/change.ts';
import type * as TwoPeople from '../../../src/operations/two-people.ts';
import type * as Changes from '../../../src/store/changes.ts';
import { spoiled, type Sabotages } from './spoiled.ts';

/** Rules about changes for two. */
export const OF_CHANGES: Sabotages = {
  'whoever proposed a change may confirm it': [
    spoiled<typeof Change, 'decisionChecks' | 'completes'>(
      'src/domain/change.ts',
      ['decisionChecks', 'completes'],
      ({ decisionChecks, completes }) => ({
        decisionChecks: (facts) => decisionChecks({ ...facts, proposedBy: '' }),
        completes: (facts) => completes({ ...facts, proposedBy: '' }),
      }),
    ),
  ],
  'whom a change concerns may confirm it': [
    spoiled<typeof Change, 'decisionChecks' | 'completes'>(
      'src/domain/change.ts',
      ['decisionChecks', 'completes'],
      ({ decisionChecks, completes }) => ({
        decisionChecks: (facts) => decisionChecks({ ...facts, concerned: [] }),
        completes: (facts) => completes({ ...facts, concerned: [] }),
      }),
    ),
  ],
  'what opens doors takes one person': [
    spoiled<typeof Changes, 'hasPaid'>('src/store/changes.ts', ['hasPaid'], () => ({ hasPaid: async () => false })),
  ],
  'one approver is as good as a cfo': [
    spoiled<typeof Change, 'completes'>('src/domain/change.ts', ['completes'], () => ({ completes: () => true })),
  ],
  'a role that moves money opens no door': [
    spoiled<typeof Change, 'opensDoors'>('src/domain/change.ts', ['opensDoors'], () => ({ opensDoors: () => false })),
  ],
  'two changes of one thing wait at once': [
    spoiled<typeof Changes, 'findPending'>('src/store/changes.ts', ['findPending'], () => ({
      findPending: async () => undefined,
    })),
  ],
  'who left still proposes': [
    spoiled<typeof TwoPeople, 'proposerOf'>('src/operations/two-people.ts', ['proposerOf'], () => ({
      proposerOf: async (_tx, change, confirmer) => ({ ...confirmer, userId: change.proposedBy }),
    })),
  ],
};
