import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentOf } from '../../src/domain/currency.ts';
import {
  renderBai2,
  renderBankCsv,
  renderCamt,
  renderMpesa,
  renderMt940,
  renderOfx,
  type RenderedLine,
  type RenderedStatement,
} from '../support/rendered-statements.ts';
import { readStatements } from '../support/statements.ts';

/** Letters of any script, in words with single spaces between them. */
const anyText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .map((text) => text.replaceAll(/\s+/g, ' ').trim())
  .filter((text) => text !== '' && !/[\p{Cc}\p{Cs}\p{Cn}]/u.test(text));

const anyMarkup = fc.constantFrom('&', '&amp;', '<b>', 'a < b', ']]>', '&#65;', '"', "'", '<!--', 'Café', '١٢', '=1+1');
const anyName = fc.oneof(anyText, anyMarkup);
const anyId = fc.stringMatching(/^[A-Z0-9/-]{1,20}$/);
const anyDay = fc
  .integer({ min: 0, max: 3_000 })
  .map((day) => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10));
const anyAmount = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

/** A statement whose names and texts are these, whose lines have such an identity. */
const aStatement = (
  words: fc.Arbitrary<string>,
  id: fc.Arbitrary<string> = anyId,
): fc.Arbitrary<RenderedStatement & { lines: RenderedLine[] }> =>
  fc
    .record({
      account: anyId,
      currency: fc.constantFrom('KES', 'UGX', 'KWD', 'USD'),
      id: anyId,
      from: anyDay,
      to: anyDay,
      openingMinor: anyAmount,
      lines: fc.array(
        fc.record({
          day: anyDay,
          amountMinor: anyAmount,
          id: id.map((letters) => `I${letters}`),
          reference: id.map((letters) => `R${letters}`),
          name: words,
          text: words,
        }),
        { maxLength: 8 },
      ),
    })
    .map((statement) => ({
      ...statement,
      exponent: exponentOf(statement.currency),
      closingMinor: statement.lines.reduce((sum, line) => sum + line.amountMinor, statement.openingMinor),
    }));

const severalOf = <Statement>(statement: fc.Arbitrary<Statement>): fc.Arbitrary<Statement[]> =>
  fc.array(statement, { minLength: 1, maxLength: 3 });

const anyStatement = aStatement(anyName);
const anyFile = severalOf(anyStatement);
const anyPieces = fc.integer({ min: 1, max: 300 });

/** What every format tells of a line. */
const told = ({ day, amountMinor, id, reference, name, text }: RenderedLine) => ({
  bookedOn: day,
  amountMinor,
  externalId: id,
  references: [reference],
  counterparty: name,
  description: text,
});

describe('what is written is read back', () => {
  test.each([2, 8] as const)('camt.053, version %i', async (version) => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPieces, async (statements, pieceBytes) => {
        const { statements: read } = await readStatements([...renderCamt(statements, version)].join(''), {
          pieceBytes,
        });
        expect(read).toMatchObject(
          statements.map(({ account, currency, id, from, to, openingMinor, closingMinor, lines }) => ({
            header: { type: 'camt', account, currency, id },
            claims: { openingMinor, closingMinor, from, to },
            ties: true,
            warnings: [],
            lines: lines.map((line) => ({ ...told(line), valueOn: line.day })),
          })),
        );
      }),
    );
  });

  test.each([1, 2] as const)('OFX, version %i', async (version) => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPieces, async (statements, pieceBytes) => {
        const { statements: read } = await readStatements([...renderOfx(statements, version)].join(''), { pieceBytes });
        expect(read).toMatchObject(
          statements.map(({ account, currency, from, to, closingMinor, lines }) => ({
            header: { type: 'ofx', account, currency },
            claims: { openingMinor: null, closingMinor, from, to },
            ties: null,
            warnings: [],
            contradictions: [],
            lines: lines.map((line) => ({ ...told(line), bookedAt: `${line.day}T12:00:00` })),
          })),
        );
      }),
    );
  });

  test('MT940', async () => {
    const letters = fc.stringMatching(/^[A-Za-z0-9/(),.'+ -]{1,50}$/);
    const words = letters
      .map((text) => `x${text.replaceAll(/ +/g, ' ').trim()}`)
      .filter((text) => !/REF\+|\+$/.test(text));
    const fewLetters = fc.stringMatching(/^[A-Z0-9-]{1,14}$/);
    await fc.assert(
      fc.asyncProperty(severalOf(aStatement(words, fewLetters)), anyPieces, async (statements, pieceBytes) => {
        const { statements: read } = await readStatements([...renderMt940(statements)].join(''), { pieceBytes });
        expect(read).toMatchObject(
          statements.map(({ account, currency, id, from, to, openingMinor, closingMinor, lines }) => ({
            header: { type: 'mt940', account, currency, id, page: '1' },
            claims: { openingMinor, closingMinor, from, to },
            ties: true,
            lines: lines.map((line) => ({ ...told(line), valueOn: line.day })),
          })),
        );
      }),
    );
  });

  test('BAI2', async () => {
    const words = fc.stringMatching(/^[A-Za-z0-9(),.'+: -]{1,50}$/).map((text) => `x${text.trim()}`);
    await fc.assert(
      fc.asyncProperty(severalOf(aStatement(words)), anyPieces, async (statements, pieceBytes) => {
        const { statements: read } = await readStatements([...renderBai2(statements)].join(''), { pieceBytes });
        expect(read).toMatchObject(
          statements.map(({ account, currency, to, openingMinor, closingMinor, lines }) => ({
            header: { type: 'bai2', account, currency },
            claims: { openingMinor, closingMinor, from: to, to },
            ties: true,
            warnings: [],
            // What is written about a line is one text, and its day is that of its group.
            lines: lines.map(({ amountMinor, id, reference, name, text }) => ({
              bookedOn: to,
              amountMinor,
              externalId: id,
              references: [reference],
              description: `${name} ${text}`.replaceAll(/ +/g, ' '),
            })),
          })),
        );
      }),
    );
  });

  const inShillings = anyStatement.map((statement) => ({ ...statement, currency: 'KES', exponent: 2 }));
  /** Where there are lines, their running balances say what a table has no cell for. */
  const balances = ({ openingMinor, closingMinor, lines }: { lines: unknown[] } & RenderedStatement) =>
    lines.length === 0 ? {} : { openingMinor, closingMinor };

  test('CSV of M-Pesa', async () => {
    await fc.assert(
      fc.asyncProperty(inShillings, anyPieces, async (statement, pieceBytes) => {
        const { statements: read } = await readStatements([...renderMpesa(statement)].join(''), { pieceBytes });
        expect(read).toMatchObject([
          {
            header: { type: 'mpesa', account: statement.account, currency: 'KES' },
            ...balances(statement),
            contradictions: [],
            lines: statement.lines.map((line) => ({
              ...told(line),
              bookedAt: `${line.day}T12:00:00`,
              counterpartyAccount: '254712345678',
              description: expect.stringContaining(line.text),
            })),
          },
        ]);
      }),
    );
  });

  test('CSV of a bank', async () => {
    await fc.assert(
      fc.asyncProperty(inShillings, anyPieces, async (statement, pieceBytes) => {
        const { statements: read } = await readStatements([...renderBankCsv(statement)].join(''), { pieceBytes });
        expect(read).toMatchObject([
          {
            header: { type: 'csv', currency: 'KES' },
            ...balances(statement),
            contradictions: [],
            warnings: [],
            lines: statement.lines.map(({ day, amountMinor, text }) => ({
              bookedOn: day,
              valueOn: day,
              amountMinor,
              description: text,
            })),
          },
        ]);
      }),
    );
  });
});
