import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentOf } from '../../src/domain/currency.ts';
import { renderCamt, renderOfx, type RenderedLine, type RenderedStatement } from '../support/rendered-statements.ts';
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

const anyLine: fc.Arbitrary<RenderedLine> = fc.record({
  day: anyDay,
  amountMinor: anyAmount,
  id: anyId.map((id) => `I${id}`),
  reference: anyId.map((reference) => `R${reference}`),
  name: anyName,
  text: anyName,
});

const anyStatement: fc.Arbitrary<RenderedStatement & { lines: RenderedLine[] }> = fc
  .record({
    account: anyId,
    currency: fc.constantFrom('KES', 'UGX', 'KWD', 'USD'),
    id: anyId,
    from: anyDay,
    to: anyDay,
    openingMinor: anyAmount,
    lines: fc.array(anyLine, { maxLength: 8 }),
  })
  .map((statement) => ({
    ...statement,
    exponent: exponentOf(statement.currency),
    closingMinor: statement.lines.reduce((sum, line) => sum + line.amountMinor, statement.openingMinor),
  }));

const anyFile = fc.array(anyStatement, { minLength: 1, maxLength: 3 });
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
});
