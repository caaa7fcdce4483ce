import { desc } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';
import { errorOf } from './documents.ts';

const GUESSERS = 50;

/** Who has a cashier's session, but not the mailbox. */
describe.each(DIALECTS)('50 processes that guess one code on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  const give = (ref: string, code: string) =>
    office.as('carol', ['payment', 'otp', ref, '--verify', '--code-stdin', '--json'], { input: code });
  const newestChallenge = () =>
    office.store.read(async (tx) => {
      const { otpChallenges } = tx.t;
      const [row] = await tx.db.select().from(otpChallenges).orderBy(desc(otpChallenges.createdAt)).limit(1);
      return row;
    });

  test('five tries are all they get, however many try at once; then the right code is void too', async () => {
    const ref = await office.payment();
    await office.data('carol', ['payment', 'otp', ref, '--send']);
    const right = office.newestCode();
    const wrong = Array.from({ length: GUESSERS }, (_, at) =>
      String((Number(right) + 1 + at) % 1_000_000).padStart(6, '0'),
    );
    const answers = await Promise.all(wrong.map((code) => give(ref, code)));
    const codes = await Promise.all(answers.map(async (answer) => (await errorOf(answer)).code));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual(wrong.map(() => 4));
    // Five are compared and found wrong; all others are not compared any more.
    expect(codes.filter((code) => code === 'OTP_INVALID').length).toBeLessThanOrEqual(5);
    expect(new Set(codes)).toEqual(new Set(['OTP_INVALID', 'OTP_LOCKED']));
    expect(await newestChallenge()).toMatchObject({ failures: 5, verifiedAt: null });
    expect((await errorOf(await give(ref, right))).code).toBe('OTP_LOCKED');
    const paying = await office.as('carol', ['payment', 'execute', ref, '--yes', '--json']);
    expect((await errorOf(paying)).checks.filter((check) => check.ok === false).map((check) => check.code)).toEqual([
      'OTP_LOCKED',
    ]);
  });

  test('the right code given by several at once counts once, and pays once', async () => {
    const ref = await office.payment();
    await office.data('carol', ['payment', 'otp', ref, '--send']);
    const right = office.newestCode();
    const answers = await Promise.all(Array.from({ length: 8 }, () => give(ref, right)));
    expect(answers.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    const paid = await Promise.all(
      [1, 2, 3].map(() => office.as('carol', ['payment', 'execute', ref, '--yes', '--json'])),
    );
    expect(paid.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    expect((await office.as('faith', ['audit', 'verify'])).exitCode).toBe(0);
  });
});
