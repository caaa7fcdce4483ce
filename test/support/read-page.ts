import { SaxesParser } from 'saxes';

/** What stands in a page of the tool, as a strict reader of markup sees it: entities resolved, every element closed. */
export interface ReadPage {
  readonly title: string;
  /** Of `Content-Security-Policy`. */
  readonly policy: string;
  /** Names of all elements, each once. */
  readonly elements: readonly string[];
  /** Names of all attributes, each once. */
  readonly attributes: readonly string[];
  readonly headings: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly tables: readonly ReadTable[];
  /** All text but that of the style, a space between elements. */
  readonly text: string;
}

interface ReadTable {
  readonly head: string[];
  readonly rows: string[][];
  readonly foot: string[];
}

const DOCTYPE = '<!doctype html>';

/** Reads a page. Throws for what is not well formed, so for markup that came from outside, too. */
export function readPage(text: string): ReadPage {
  const parser = new SaxesParser();
  const path: string[] = [];
  const texts: string[] = [];
  const seen = { elements: new Set<string>(), attributes: new Set<string>() };
  const tables: ReadTable[] = [];
  const page = { title: '', policy: '', headings: [] as string[], facts: {} as Record<string, string>, label: '' };
  let own = '';
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    own = '';
    seen.elements.add(name);
    for (const attribute of Object.keys(attributes)) seen.attributes.add(attribute);
    if (attributes['http-equiv'] === 'Content-Security-Policy') page.policy = String(attributes['content']);
    if (name === 'table') tables.push({ head: [], rows: [], foot: [] });
    if (name === 'tr' && path.includes('tbody')) tables.at(-1)?.rows.push([]);
  });
  parser.on('text', (piece) => {
    own += piece;
    if (path.at(-1) !== 'style') texts.push(piece);
  });
  parser.on('closetag', ({ name }) => {
    const table = tables.at(-1);
    if (name === 'title') page.title = own;
    else if (/^h[1-3]$/.test(name)) page.headings.push(own);
    else if (name === 'dt') page.label = own;
    else if (name === 'dd') page.facts[page.label] = own;
    else if (name === 'th') table?.head.push(own);
    else if (name === 'td' && path.includes('tfoot')) table?.foot.push(own);
    else if (name === 'td') table?.rows.at(-1)?.push(own);
    path.pop();
  });
  // The reader knows markup in general, of which this line is none.
  if (!text.startsWith(DOCTYPE)) throw new Error('the page does not say that it is HTML');
  parser.write(text.slice(DOCTYPE.length)).close();
  const { label: _, ...read } = page;
  return { ...read, elements: [...seen.elements], attributes: [...seen.attributes], tables, text: texts.join(' ') };
}
