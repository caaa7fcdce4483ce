/** A row or a cell as its sheet begins it, with its attributes. */
const BEGINNING =
  /<((?:[\w.-]{1,40}:)?)(row|c)((?:\s{1,9}[\w.:-]{1,40}\s{0,9}=\s{0,9}(?:"[^"<]{0,200}"|'[^'<]{0,200}'))*)(\s{0,9}\/?)>/g;

const ADDRESS = /\sr\s{0,9}=\s{0,9}["']\s{0,9}([A-Za-z]{0,9})(\d{1,15})/;
const IS_ERROR = /(\st\s{0,9}=\s{0,9})(["'])e\2/;

/**
 * The XML of a sheet as its reader understands it: every cell with its address, which may be left out where a cell or row follows
 * the one before it (ECMA-376 part 1, 18.3.1.4 `c` and 18.3.1.73 `row`), and errors (`t="e"`) with what they show as text.
 */
export function plainSheet(xml: string): string {
  let row = 0;
  let column = 0;
  return xml.replaceAll(BEGINNING, (whole, prefix: string, name: string, attributes: string, end: string) => {
    const [, letters = '', digits] = ADDRESS.exec(attributes) ?? [];
    if (name === 'row') {
      row = digits === undefined ? row + 1 : Number(digits);
      column = 0;
      return whole;
    }
    if (digits !== undefined) row = Number(digits);
    column = digits === undefined ? column + 1 : columnNumber(letters);
    const isError = IS_ERROR.test(attributes);
    if (digits !== undefined && !isError) return whole;
    const address = digits === undefined ? ` r="${cellAddress(row, column)}"` : '';
    return `<${prefix}c${address}${attributes.replace(IS_ERROR, '$1"str"')}${end}>`;
  });
}

/** The number of a column by its letters: 1 for A, 27 for AA. */
export const columnNumber = (letters: string): number => {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + (letter.charCodeAt(0) - 0x40);
  return column;
};

/** A cell as spreadsheets call it: C12 for the third column of row 12. */
export function cellAddress(row: number, column: number): string {
  let letters = '';
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(0x41 + ((left - 1) % 26)) + letters;
  return `${letters}${row}`;
}

/** What a spreadsheet shows where a formula has no result. */
export const isCellError = (text: string): boolean =>
  text.startsWith('#') &&
  /^#(?:N\/A|(?:REF|DIV\/0|VALUE|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN|BUSY)!?|NAME\?|GETTING_DATA)$/.test(
    text,
  );
