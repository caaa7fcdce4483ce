import { describe, expect, test } from 'vitest';
import { fingerprintOf, pepperState, pepperTrouble, type PepperFacts } from '../../src/domain/pepper.ts';

const OLD = { fingerprint: 'aaaaaaaaaaaaaaaa' };
const NEW = { fingerprint: 'bbbbbbbbbbbbbbbb' };
const REPLACED = new Date('2026-11-01T06:00:00.000Z');

/** A machine whose pepper is the one in force, but for what a test states. */
const facts = (stated: Partial<PepperFacts> = {}): PepperFacts => ({
  file: '/etc/pepper',
  content: OLD,
  nextFile: '/etc/pepper.next',
  nextContent: null,
  inForce: OLD.fingerprint,
  replacedAt: null,
  ...stated,
});

describe('the pepper of a machine', () => {
  test.each([
    ['in place', 'in_place', {}],
    ['in place while another waits to be confirmed', 'in_place', { nextContent: NEW }],
    ['in place while what waits is damaged', 'in_place', { nextContent: 'damaged' }],
    ['replaced, the new one ready', 'new_file_ready', { nextContent: NEW, inForce: NEW.fingerprint }],
    ['lost, the new one ready', 'new_file_ready', { content: null, nextContent: NEW, inForce: NEW.fingerprint }],
    [
      'damaged, the new one ready',
      'new_file_ready',
      { content: 'damaged', nextContent: NEW, inForce: NEW.fingerprint },
    ],
    ['replaced elsewhere', 'replaced', { inForce: NEW.fingerprint, replacedAt: REPLACED }],
    ['of another office', 'wrong', { content: NEW }],
    ['of another office, as is what waits', 'wrong', { content: NEW, nextContent: NEW }],
    ['missing', 'missing', { content: null }],
    ['missing after it was replaced', 'missing', { content: null, inForce: NEW.fingerprint, replacedAt: REPLACED }],
    ['damaged', 'damaged', { content: 'damaged' }],
    ['not for this user to read', 'unreadable', { content: 'unreadable' }],
    ['in place while what waits may not be read', 'in_place', { nextContent: 'unreadable' }],
  ] as const)('is %s', (_, state, stated) => {
    expect(pepperState(facts(stated))).toBe(state);
    expect(pepperTrouble(facts(stated)) === null).toBe(state === 'in_place');
  });

  test('is put right by moving the new file, where that lies ready', () => {
    const ready = facts({ nextContent: NEW, inForce: NEW.fingerprint, replacedAt: REPLACED });
    expect(pepperTrouble(ready)?.fix).toBe('mv /etc/pepper.next /etc/pepper');
  });

  test('is put right with the copy, or given up; once it was replaced, with the file of the machine that made it', () => {
    for (const content of [null, 'damaged', NEW] as const) {
      expect(pepperTrouble(facts({ content }))?.fix).toContain('put your copy of it back');
      const elsewhere = facts({ content, inForce: 'cccccccccccccccc', replacedAt: REPLACED });
      expect(pepperTrouble(elsewhere)?.fix).toContain('fingerprint cccccccccccccccc');
      expect(pepperTrouble(elsewhere)?.fix).toContain('/etc/pepper.next');
      expect(pepperTrouble(elsewhere)?.fix).toContain('treasury pepper replace');
    }
  });

  test('that another user of the machine owns is given to this one, and never replaced', () => {
    for (const replacedAt of [null, REPLACED]) {
      const fix = pepperTrouble(facts({ content: 'unreadable', replacedAt }))?.fix;
      expect(fix).toBe(
        'let whoever works here read it, and nobody else: chown USER /etc/pepper; chmod 600 /etc/pepper',
      );
    }
  });

  test('has no fingerprint when there is none', () => {
    expect([fingerprintOf(OLD), fingerprintOf(null), fingerprintOf('damaged')]).toEqual([OLD.fingerprint, null, null]);
    expect(fingerprintOf('unreadable')).toBeNull();
  });
});
