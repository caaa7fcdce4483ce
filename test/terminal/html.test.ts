import { describe, expect, test } from 'vitest';
import { html, htmlFacts, htmlPage, htmlTable } from '../../src/terminal/html.ts';
import { readPage } from '../support/read-page.ts';

const page = (...body: Parameters<typeof htmlPage>[0]['body']) => htmlPage({ title: 'A title', body });

describe('markup', () => {
  test('escapes whatever it is given, in text and in attributes', () => {
    expect(html`<p title="${`"'`}">${'<b>&</b>'}</p>`.text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;&lt;/b&gt;</p>');
  });

  test('takes markup as markup, one piece or many, and numbers as they are', () => {
    const pieces = [html`<em>${1}</em>`, '<', html`<em></em>`];
    expect(html`<b>${pieces}</b>`.text).toBe('<b><em>1</em>&lt;<em></em></b>');
  });

  test('shows what steers a terminal or turns the direction of writing', () => {
    const hidden = [0x1b, 0x202e, 0x2066, 0x0a, 0x200b, 0xfeff].map((point) => String.fromCodePoint(point)).join('');
    expect(html`${hidden}`.text).toBe('\\x1b\\u{202e}\\u{2066}\\n\\u{200b}\\u{feff}');
    expect(html`${'Wanjirũ 支付'}`.text).toBe('Wanjirũ 支付');
  });
});

describe('a page', () => {
  const table = htmlTable({
    head: [{ text: 'Who' }, { text: 'Amount', kind: 'money' }],
    rows: [[{ text: '<i>Jane</i>' }, { text: 'KES 5.00', kind: 'money' }], [{ text: 'Amina', kind: 'strong' }]],
    foot: [{ text: 'All' }],
  });

  test('is whole, loads nothing and runs nothing', () => {
    const text = page(table, htmlFacts([['Account', '<0110>']]));
    const read = readPage(text);
    expect(read.title).toBe('A title');
    expect(read.policy).toBe("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
    expect(read.elements).not.toContain('script');
    expect(text).not.toMatch(/https?:|url\(|@import|javascript:/i);
    expect(read.facts).toEqual({ Account: '<0110>' });
  });

  test('has tables whose head is repeated on every sheet of A4', () => {
    const text = page(table);
    expect(readPage(text).tables).toEqual([
      { head: ['Who', 'Amount'], rows: [['<i>Jane</i>', 'KES 5.00'], ['Amina']], foot: ['All'] },
    ]);
    expect(text).toContain('thead { display: table-header-group; }');
    expect(text).toContain('@page { size: A4;');
    expect(text).toContain('break-inside: avoid');
  });

  test('without a foot has none', () => {
    expect(readPage(page(htmlTable({ head: [{ text: 'A' }], rows: [] }))).tables).toEqual([
      { head: ['A'], rows: [], foot: [] },
    ]);
  });
});
