import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { decimalsOf } from '../../src/statements/currency.ts';
import type { LineBlock } from '../../src/statements/line-block.ts';
import { parseMpesa, parseMpesaBlocks } from '../../src/statements/mpesa.ts';
import { aProof } from '../../src/statements/proof.ts';
import type { BlockParser, StatementEvent } from '../../src/statements/statement.ts';
import { piecesOf } from '../support/statements.ts';

// Rows that are read straight from bytes say what they say as text, however hostile the file.

const ORGANISATION =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';

/** Rows are read from bytes behind the first 64 KiB, which a header is looked for in. */
const BEGINNING = `TIA0000000,2026-09-30 09:00:00,,${'x'.repeat(70_000)},Completed,1.00,,1.00,,,,,`;

interface Read {
  readonly events: readonly unknown[];
  readonly proved: readonly unknown[];
  readonly refusal: string | null;
  /** How many lines came in blocks. */
  readonly together: number;
}

function readBy(parse: BlockParser, file: Uint8Array, pieceBytes: number): Read {
  const events: StatementEvent[] = [];
  const proved: unknown[] = [];
  let together = 0;
  const proof = aProof();
  try {
    for (const event of parse(piecesOf(file, pieceBytes), { currency: null, exponentOf: decimalsOf })) {
      const statement = proof.take(event);
      if (statement !== null) proved.push(statement);
      if (event.kind !== 'lines') events.push(event);
      else {
        together += event.block.count;
        events.push(...linesOf(event.block));
      }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // What was told before is not compared: text is read a few hundred lines at a time.
    return { events: [], proved: [], refusal: error.message, together };
  }
  // What is said of the file as a whole is said with the piece in which it was seen.
  const isOfFile = (event: StatementEvent): boolean => event.kind === 'warning' && event.position === null;
  const sorted = [...events.filter((event) => !isOfFile(event)), ...events.filter(isOfFile)];
  return { events: sorted, proved, refusal: null, together };
}

/** The lines of a block, each of which says by itself what its columns say. */
function linesOf(block: LineBlock): StatementEvent[] {
  const lines = Array.from({ length: block.count }, (_, at) => block.line(at));
  for (const [at, line] of lines.entries()) {
    const identifier = block.bytes.subarray(block.identifiers[at], block.identifierEnds[at]);
    const balance = block.balances[at] ?? 0;
    expect({
      position: block.position + at,
      bookedOn: block.bookedOn[at],
      bookedAt: block.bookedAt(at),
      amountMinor: block.amounts[at],
      balanceMinor: Number.isNaN(balance) ? null : balance,
      externalId: new TextDecoder().decode(identifier),
      isCharge: block.isCharge[at] === 1,
    }).toEqual({
      ...{ position: line.position, bookedOn: line.bookedOn, bookedAt: line.bookedAt, externalId: line.externalId },
      ...{ amountMinor: line.amountMinor, balanceMinor: line.balanceMinor, isCharge: line.isCharge },
    });
    if (line.references.length > 0) expect(block.mayRefer[at]).toBe(1);
    const before = lines[at - 1];
    if (before !== undefined)
      expect(block.isSameMoment(at - 1, at)).toBe(line.bookedAt !== null && line.bookedAt === before.bookedAt);
  }
  return lines.map((line) => ({ kind: 'line', line }));
}

/** Reads a file both ways, which are to agree; tells how many of its lines were read from bytes. */
function agreed(file: Uint8Array | string, { pieceBytes = 64 * 1024, mayHaveFaults = false } = {}): number {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const { together, ...fromBytes } = readBy(parseMpesaBlocks, bytes, pieceBytes);
  const { together: none, ...fromText } = readBy(parseMpesa, bytes, 64 * 1024);
  // Of several faults the one is told that is met first, and whole pieces of text are taken apart before rows are read.
  if (mayHaveFaults && fromText.refusal !== null) expect(fromBytes.refusal).not.toBeNull();
  else expect(fromBytes).toEqual(fromText);
  expect(none).toBe(0);
  return together;
}

const fileOf = (rows: readonly string[], header = ORGANISATION, feed = '\n'): string =>
  [header, BEGINNING, ...rows].join(feed) + feed;

/** A plain row, with other cells in the place of some. */
const row = (cells: Readonly<Record<number, string>> = {}): string => {
  const plain = ['TIB1QWERTY', '2026-09-30 10:00:00', '2026-09-30 10:00:00', 'Business Payment', 'Completed', ''];
  const all = [...plain, '-5.00', '95.00', 'true', 'Business Payment', '254700000001 - JANE DOE', '', ''];
  return all.map((cell, at) => cells[at] ?? cell).join(',');
};

const [RECEIPT, TIME, DETAILS, STATUS, PAID_IN, WITHDRAWN] = [0, 1, 3, 4, 5, 6] as const;
const [BALANCE, REASON, PARTY, LINKED, ACCOUNT] = [7, 9, 10, 11, 12] as const;

describe('plain rows come together', () => {
  test('all but the first of their day', () => {
    expect(agreed(fileOf(Array.from({ length: 100 }, () => row())))).toBe(99);
  });

  test('whatever stands at the end of lines, and with a last line without one', () => {
    const rows = Array.from({ length: 100 }, () => row());
    expect(agreed(fileOf(rows, ORGANISATION, '\r\n'))).toBe(99);
    expect(agreed(fileOf(rows).trimEnd())).toBeLessThan(100);
  });

  test('between semicolons and tabs', () => {
    const rows = Array.from({ length: 10 }, () => row());
    for (const delimiter of [';', '\t', '|']) expect(agreed(fileOf(rows).replaceAll(',', delimiter))).toBe(9);
  });

  test('in any order of columns, with columns that nobody knows, and with a currency', () => {
    const turned = (text: string): string => text.split(',').toReversed().join(',');
    const rows = Array.from({ length: 10 }, () => row());
    const file = [`${ORGANISATION},Currency,Mark`, `${BEGINNING},KES,x`, ...rows.map((one) => `${one},KES,x`)];
    expect(agreed(`${file.map(turned).join('\n')}\n`)).toBe(9);
    expect(agreed(`${file.join('\n').replace(/KES(?=,x$)/, 'TZS')}\n`)).toBe(8);
  });

  test('more than a block holds', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `T${at},2026-09-30 10:00:00,,,Completed,1.00,,,,,,,`);
    expect(agreed(fileOf(rows))).toBeGreaterThan(19_000);
  });
});

describe('a row that is not plain is read as text, and those around it from bytes', () => {
  test.each<[string, Record<number, string>]>([
    ['a cell in quotes', { [DETAILS]: '"a, ""b"""' }],
    ['a quote that is a character', { [DETAILS]: 'the 5" pipe' }],
    ['a quote over two lines', { [DETAILS]: '"two\nlines"' }],
    ['a letter beyond ASCII', { [DETAILS]: 'Café' }],
    ['a control character', { [DETAILS]: 'a\u0000b' }],
    ['a lone carriage return', { [DETAILS]: 'a\rb' }],
    ['spaces around the receipt', { [RECEIPT]: ' TIB1QWERTY ' }],
    ['no receipt', { [RECEIPT]: '' }],
    ['a receipt without digits', { [RECEIPT]: 'QWERTYUIOP' }],
    ['a total', { [RECEIPT]: 'Total', [TIME]: '', [WITHDRAWN]: '', [PAID_IN]: '' }],
    ['a total with a time', { [RECEIPT]: 'Total' }],
    ['another day', { [TIME]: '2026-09-29 10:00:00' }],
    ['a day without a time', { [TIME]: '2026-09-30' }],
    ['a time without seconds', { [TIME]: '2026-09-30 10:00' }],
    ['a day that is none', { [TIME]: '2026-09-31 10:00:00' }],
    ['a T before the time', { [TIME]: '2026-09-30T10:00:00' }],
    ['a time that is none', { [TIME]: '2026-09-30 24:00:00' }],
    ['no time', { [TIME]: '' }],
    ['the other status', { [STATUS]: 'Failed' }],
    ['another spelling', { [STATUS]: 'COMPLETED' }],
    ['an unknown status', { [STATUS]: 'Perhaps' }],
    ['groups of thousands', { [WITHDRAWN]: '"-1,000.00"' }],
    ['a figure without decimals', { [WITHDRAWN]: '-5' }],
    ['three decimals', { [WITHDRAWN]: '-5.001' }],
    ['a figure in parentheses', { [WITHDRAWN]: '(5.00)' }],
    ['spaces around a figure', { [WITHDRAWN]: ' -5.00' }],
    ['two signs', { [WITHDRAWN]: '--5.00' }],
    ['a point alone', { [WITHDRAWN]: '.00' }],
    ['two points', { [WITHDRAWN]: '5.0.00' }],
    ['a dash', { [WITHDRAWN]: '-', [PAID_IN]: '5.00' }],
    ['a figure of sixteen digits', { [WITHDRAWN]: '90071992547409.91' }],
    ['more than can be held exactly', { [WITHDRAWN]: '90071992547409.92' }],
    ['a balance of more than that', { [BALANCE]: '90071992547409.93' }],
    ['both sides', { [PAID_IN]: '5.00' }],
    ['a balance in words', { [BALANCE]: '95.00 CR' }],
    ['a header again', Object.fromEntries(ORGANISATION.split(',').map((cell, at) => [at, cell]))],
  ])('%s', (_, cells) => {
    const around = Array.from({ length: 4 }, () => row());
    expect(agreed(fileOf([...around, row(cells), ...around]))).toBeGreaterThanOrEqual(3);
  });

  test('the row with which their sum is more than can be held exactly', () => {
    const large = (sign: '' | '-'): string =>
      row({ [PAID_IN]: sign === '' ? '9999999999999.99' : '', [WITHDRAWN]: sign === '' ? '' : '-9999999999999.99' });
    for (const sign of ['', '-'] as const) {
      agreed(fileOf(Array.from({ length: 9 }, () => large(sign))));
      agreed(fileOf([row(), ...Array.from({ length: 10 }, () => large(sign)), row()]));
    }
  });

  test('rows of one moment, whose balances follow in another order than they stand in', () => {
    const at = (second: number, balance: string): string =>
      row({ [TIME]: `2026-09-30 10:00:0${second}`, [BALANCE]: balance });
    const rows = [at(0, '100.00'), at(1, '95.00'), at(2, '90.00'), at(3, '80.00'), at(3, '85.00'), at(4, '75.00')];
    expect(agreed(fileOf([...rows, at(5, '70.00'), at(6, '65.00')]))).toBe(7);
    expect(agreed(fileOf([...rows, at(5, '71.00'), at(6, '65.00')]))).toBe(7);
  });

  test('a row with more cells, and one with fewer', () => {
    expect(agreed(fileOf([row(), row(), `${row()},`, row(), row().slice(0, -2), row()]))).toBe(3);
    expect(agreed(fileOf([row(), row(), `${row()},x`, `${row()},,x`, row(), row()]))).toBe(2);
  });
});

describe('what is read from bytes in more than one way', () => {
  test.each<[string, Record<number, string>]>([
    ['money that comes in', { [PAID_IN]: '5.00', [WITHDRAWN]: '' }],
    ['money that goes out without a sign', { [WITHDRAWN]: '5.00' }],
    ['nothing, in two ways', { [PAID_IN]: '0.00', [WITHDRAWN]: '-0.00' }],
    ['nothing at all', { [PAID_IN]: '', [WITHDRAWN]: '' }],
    ['no balance', { [BALANCE]: '' }],
    ['fifteen digits', { [WITHDRAWN]: '-999999999999.99' }],
    ['a charge by its reason', { [REASON]: 'Business Payment Charge' }],
    ['a fee by its details', { [REASON]: '', [DETAILS]: 'Withdrawal Fee to 254700000001 - JANE' }],
    ['a reason of spaces', { [REASON]: '  ', [DETAILS]: 'Withdrawal Fee to 254700000001 - JANE' }],
    ['a charge that comes in', { [REASON]: 'Pay Charge', [PAID_IN]: '5.00', [WITHDRAWN]: '' }],
    ['a linked receipt', { [LINKED]: 'TIA2QWERTY' }],
    ['an account', { [ACCOUNT]: '4711' }],
    ['a conversation', { [DETAILS]: 'Payment. Original ConVersation ID is AG_2026_1' }],
    ['the end of a conversation', { [DETAILS]: 'versation id is AG_2026_1' }],
    ['midnight, and a second before', { [TIME]: '2026-09-30 00:00:00' }],
    ['the last second', { [TIME]: '2026-09-30 23:59:59' }],
  ])('%s', (_, cells) => {
    expect(agreed(fileOf([row(), row(cells), row(), row(cells)]))).toBe(3);
  });

  test('reasons that fall into one place', () => {
    const reasons = [
      'FEE',
      'FEEf',
      'Charge',
      'Refund',
      'Mcharge',
      'my fee',
      'no fea',
      'x fees',
      'ab fee',
      'ba fee',
      'Charge',
    ];
    expect(agreed(fileOf([row(), ...reasons.map((reason) => row({ [REASON]: reason }))]))).toBe(reasons.length);
  });

  test('days that are first told by a later row stay in their order', () => {
    const at = (time: string): string => row({ [TIME]: time });
    const undecided = ['03/04/2026 10:00:00', '04/04/2026 10:00:00', '2026-04-03 11:00:00'].map(at);
    agreed(fileOf([row(), row(), ...undecided, row(), at('14/04/2026 10:00:00'), ...undecided, row()]));
    agreed(fileOf([row(), ...undecided, at('04/14/2026 10:00:00'), ...undecided, at('14/04/2026 10:00:00')]));
    expect(agreed(fileOf(Array.from({ length: 20 }, () => at('14-04-2026 10:00:00'))))).toBe(19);
  });

  test('bytes that are no UTF-8, before and after such that are', () => {
    const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
    const latin = row({ [DETAILS]: 'Caf\u00e9' });
    const utf8 = row({ [DETAILS]: 'Caf\u00c3\u00a9' });
    for (const rows of [
      [row(), row(), latin, row(), row(), row(), latin, utf8, row(), row()],
      [row(), row(), utf8, row(), row(), latin, row(), row(), utf8],
    ])
      expect(agreed(bytes(fileOf(rows)))).toBeGreaterThan(2);
  });
});

const time = fc.constantFrom(
  ...[
    '2026-09-30 10:00:00',
    '2026-09-30 10:00:01',
    '2026-09-29 23:59:59',
    '2026-10-01 00:00:00',
    '01/10/2026 10:00:00',
  ],
  ...['13/09/2026 10:00:00', '30-09-2026 10:00:00', '2026-09-30 10:00', '2026-09-31 10:00:00', ''],
);
const figure = fc.oneof(
  fc.constantFrom('', '', '', '0.00', '5', '"1,000.00"', '-', '-0.00', 'x', '(5.00)', '1000000000000.00'),
  fc.integer({ min: -100_000, max: 100_000 }).map((minor) => (minor / 100).toFixed(2)),
);
const text = fc.oneof(
  fc.constantFrom('', 'Charge', 'Pay Bill Charge', 'Refund', 'Conversation ID is AG_1', '"a, b"', 'é', ' x ', 'TIB1'),
  fc.string({ maxLength: 12 }),
);
const aRow = fc
  .record({
    receipt: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('TIB1QWERTY', 'TIB2QWERTY') },
      { weight: 1, arbitrary: text },
    ),
    time: fc.oneof({ weight: 20, arbitrary: fc.constant('2026-09-30 10:00:00') }, { weight: 1, arbitrary: time }),
    status: fc.oneof(
      { weight: 30, arbitrary: fc.constant('Completed') },
      { weight: 1, arbitrary: fc.constantFrom('Failed', 'Success', 'completed', 'Perhaps') },
    ),
    paidIn: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('', '5.00') }, { weight: 1, arbitrary: figure }),
    withdrawn: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: figure }),
    balance: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('5.00', '10.00', '') }, { weight: 1, arbitrary: figure }),
    details: fc.oneof({ weight: 9, arbitrary: fc.constant('Pay Bill') }, { weight: 1, arbitrary: text }),
    reason: fc.oneof({ weight: 9, arbitrary: fc.constant('Pay Bill') }, { weight: 1, arbitrary: text }),
    party: fc.oneof({ weight: 9, arbitrary: fc.constant('254700000001 - JANE') }, { weight: 1, arbitrary: text }),
    linked: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text }),
  })
  .map((one) =>
    row({
      ...{ [RECEIPT]: one.receipt, [TIME]: one.time, [DETAILS]: one.details, [STATUS]: one.status, [PARTY]: one.party },
      ...{ [PAID_IN]: one.paidIn, [WITHDRAWN]: one.withdrawn, [BALANCE]: one.balance, [REASON]: one.reason },
      [LINKED]: one.linked,
    }),
  );

test('random and hostile files say from bytes what they say as text', () => {
  let [together, files] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(aRow, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom(50, 333, 64 * 1024),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
      (rows, feed, pieceBytes, changes) => {
        const bytes = new TextEncoder().encode(fileOf(rows, ORGANISATION, feed));
        // Some bytes behind the beginning become others.
        const from = ORGANISATION.length + BEGINNING.length;
        for (const [at, byte] of changes) bytes[from + (at % (bytes.length - from))] = byte;
        together += agreed(bytes, { pieceBytes, mayHaveFaults: true });
        files += 1;
      },
    ),
    { numRuns: Number(process.env['PLAIN_RUNS'] ?? 400) },
  );
  // Bytes were read, and not only refused.
  expect(together).toBeGreaterThan(files);
}, 120_000);
