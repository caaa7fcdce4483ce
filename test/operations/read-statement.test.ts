import { expect, test } from 'vitest';
import { readAccount } from '../../src/operations/read-statement.ts';

const message = (day: number, opens: string, moves: string, closes: string): string =>
  `:20:S\n:25:0110\n:28C:${day}/1\n:60F:C26100${day}KES${opens}\n:61:26100${day}${moves}NTRFR${day}\n:62F:C26100${day}KES${closes}\n-\n`;

const OLDEST_FIRST = [
  message(1, '100,00', 'C50,00', '150,00'),
  message(2, '150,00', 'D30,00', '120,00'),
  message(3, '120,00', 'C5,00', '125,00'),
];

const read = (text: string) =>
  readAccount(
    { name: 'x.sta', type: null, pieces: () => [new TextEncoder().encode(text)] },
    { currency: 'KES', now: new Date('2026-10-05T06:00:00.000Z') },
    () => undefined,
  );

test('a file opens with its oldest statement and closes with its newest, in whichever order they stand', async () => {
  for (const messages of [OLDEST_FIRST, OLDEST_FIRST.toReversed()]) {
    expect(await read(messages.join(''))).toMatchObject({
      ...{ from: '2026-10-01', to: '2026-10-03', ties: true, faults: [] },
      ...{ openingMinor: 10_000, closingMinor: 12_500, creditsMinor: 5_500, debitsMinor: 3_000, lines: 3 },
    });
  }
});

test('statements of one day stand in the order in which one opens with what another closed with', async () => {
  const ofOneDay = OLDEST_FIRST.map((one) => one.replaceAll(/26100\d/g, '261001'));
  for (const messages of [ofOneDay, ofOneDay.toReversed()])
    expect(await read(messages.join(''))).toMatchObject({ openingMinor: 10_000, closingMinor: 12_500 });
});

test('a header alone holds nothing against a book; a day, or a balance, does', async () => {
  const header = 'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n';
  await expect(read(header)).rejects.toMatchObject({ kind: 'usage', code: 'STATEMENT_EMPTY' });
  await expect(read(`Statement period,01 Oct 2026 - 02 Oct 2026\n${header}`)).resolves.toMatchObject({
    ...{ lines: 0, from: '2026-10-01', to: '2026-10-02' },
  });
  const still = ':20:S\n:25:0110\n:28C:1/1\n:60F:C261001KES5,\n:62F:C261001KES5,\n-\n';
  await expect(read(still)).resolves.toMatchObject({ lines: 0, closingMinor: 500 });
});
