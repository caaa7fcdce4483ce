import { visible } from './clean.ts';

/** Markup that is safe as it stands. Only this file makes it, so that no text becomes markup unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly (Html | string)[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from anywhere as text of a page: marks of HTML escaped, control and bidirectional characters made visible. */
const escapedText = (text: string): string => visible(text).replaceAll(/[&<>"']/g, (mark) => ESCAPES[mark] ?? '');

const markupOf = (part: Part): string => {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(markupOf).join('') : escapedText(String(part));
};

/** Markup with whatever it holds escaped, unless that is markup itself: html`<td>${text}</td>`. Text may stand in quoted attributes. */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(markup.map((piece, at) => `${at === 0 ? '' : markupOf(parts[at - 1] ?? '')}${piece}`).join(''));

/** A cell of a table with what is in it. */
export interface HtmlCell {
  readonly text: string;
  /** `word` is never broken, such as a day or a reference of the office; `reference` is one of a bank, which may be long. */
  readonly kind?: 'money' | 'strong' | 'word' | 'reference';
}

/** A table whose head is repeated on every page; sums stand at its foot. */
export const htmlTable = (table: {
  readonly head: readonly HtmlCell[];
  readonly rows: readonly (readonly HtmlCell[])[];
  readonly foot?: readonly HtmlCell[];
}): Html => {
  const row = (cells: readonly HtmlCell[]): Html =>
    html`<tr>
      ${cells.map(cellOf)}
    </tr> `;
  const headings = table.head.map(({ text, kind }) => html`<th scope="col" class="${kind ?? 'text'}">${text}</th>`);
  const foot =
    table.foot === undefined
      ? ''
      : html`<tfoot>
          ${row(table.foot)}
        </tfoot>`;
  return html`<table>
    <thead>
      <tr>
        ${headings}
      </tr>
    </thead>
    <tbody>
      ${table.rows.map(row)}
    </tbody>
    ${foot}
  </table> `;
};

// What was written by others may run from right to left: it is kept to its own cell.
const cellOf = ({ text, kind }: HtmlCell): Html => html`<td class="${kind ?? 'text'}"><bdi>${text}</bdi></td>`;

/** Pairs of a label and what it says. */
export const htmlFacts = (facts: readonly (readonly [label: string, value: string])[]): Html =>
  html`<dl>
    ${facts.map(
      ([label, value]) =>
        html`<dt>${label}</dt>
          <dd><bdi>${value}</bdi></dd> `,
    )}
  </dl> `;

/**
 * A whole page: nothing but itself is loaded, and nothing in it runs, even if some text got through as markup. Prints on A4.
 */
export const htmlPage = ({ title, body }: { readonly title: string; readonly body: readonly Html[] }): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;

const STYLE = `body { font: 10.5pt/1.4 Georgia, "Times New Roman", serif; color: #000; background: #fff; max-width: 186mm; margin: 10mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; margin: 0 0 2mm; }
h2 { font-size: 12.5pt; margin: 7mm 0 2mm; border-bottom: 0.3mm solid #000; }
h3 { font-size: 10.5pt; margin: 4mm 0 1mm; }
h3::first-letter { text-transform: uppercase; }
p { margin: 1mm 0 2mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.5mm 5mm; margin: 0; }
dt { color: #444; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
th, td { text-align: left; vertical-align: top; padding: 0.8mm 1.5mm; border-bottom: 0.1mm solid #999; overflow-wrap: anywhere; }
th { border-bottom: 0.3mm solid #000; overflow-wrap: normal; }
.word { white-space: nowrap; }
.reference { min-width: 26mm; }
.money { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.strong, tfoot td { font-weight: bold; }
.state { font-weight: bold; }
.signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 12mm; margin-top: 10mm; }
.signatures p { border-top: 0.2mm solid #000; margin: 14mm 0 0; padding-top: 1mm; }
@page { size: A4; margin: 15mm 12mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
@media print {
  body { max-width: none; margin: 0; padding: 0; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  tr, dl, .signatures { break-inside: avoid; }
  h1, h2, h3, .exceptions p { break-after: avoid; }
  tfoot { break-before: avoid; }
}
`;
