import { describe, expect, test } from 'vitest';
import { CSV_LAYOUTS, LAYOUT_FIELDS } from '../../../src/domain/bank-file/csv-layout.ts';
import { isLayoutName, readLayout } from '../../../src/domain/bank-file/layout-file.ts';
import { layoutPreview } from '../../../src/domain/bank-file/layout-preview.ts';

const COLUMNS = [
  { title: 'Ref', field: 'key' },
  { title: 'Name', field: 'payee', longest: 35 },
  { title: 'Account', field: 'account', needed: true },
  { title: 'Amount', field: 'amount' },
];
const OUTCOMES = { key: 'Ref', status: 'Status', paid: ['Completed'], rejected: ['Failed', 'Rejected by bank'] };

const read = (value: unknown) => readLayout('kcb', value);
const layoutOf = (change: Readonly<Record<string, unknown>> = {}) => {
  const found = read({ columns: COLUMNS, ...change });
  if ('faults' in found) throw new Error(JSON.stringify(found.faults));
  return found.layout;
};
/** Every fault as `path message`. */
const faultsOf = (value: unknown): string[] => {
  const found = read(value);
  return 'faults' in found ? found.faults.map(({ path, message }) => `${path} ${message}`) : [];
};
const faultsWith = (change: Readonly<Record<string, unknown>>) => faultsOf({ columns: COLUMNS, ...change });
const columnsWith = (...more: readonly unknown[]) => faultsOf({ columns: [...COLUMNS, ...more] });
const outcomesWith = (change: Readonly<Record<string, unknown>>) =>
  faultsWith({ outcomes: { ...OUTCOMES, ...change } });

describe('a layout', () => {
  test('needs its columns only; everything else has a usual value', () => {
    expect(layoutOf()).toEqual({
      name: 'kcb',
      title: '',
      separator: ',',
      header: true,
      date: 'YYYY-MM-DD',
      decimal: '.',
      quoting: 'needed',
      columns: [
        { title: 'Ref', field: 'key', longest: null, needed: false },
        { title: 'Name', field: 'payee', longest: 35, needed: false },
        { title: 'Account', field: 'account', longest: null, needed: true },
        { title: 'Amount', field: 'amount', longest: null, needed: false },
      ],
      outcomes: null,
    });
  });

  test('says how the bank writes outcomes, with the separator of the file unless it says another', () => {
    expect(layoutOf({ separator: ';', outcomes: OUTCOMES }).outcomes).toEqual({
      separator: ';',
      charset: null,
      decimal: '.',
      thousands: ',',
      key: 'Ref',
      messageId: null,
      status: 'Status',
      reason: null,
      amount: null,
      currency: null,
      account: null,
      paid: ['Completed'],
      rejected: ['Failed', 'Rejected by bank'],
    });
    const other = { ...OUTCOMES, separator: '|', charset: 'windows-1252', decimal: ',', thousands: 'none' };
    expect(layoutOf({ separator: ';', outcomes: other }).outcomes).toMatchObject({
      ...{ separator: '|', charset: 'windows-1252', decimal: ',', thousands: null },
    });
    expect(layoutOf({ outcomes: { ...OUTCOMES, decimal: ',' } }).outcomes?.thousands).toBe('.');
  });

  test('has a name of small letters, digits and hyphens', () => {
    for (const name of ['k', 'kcb-bulk', `k${'1'.repeat(39)}`]) expect(isLayoutName(name), name).toBe(true);
    for (const name of ['', '1k', 'KCB', 'k b', '../k', `k${'1'.repeat(40)}`])
      expect(isLayoutName(name), name).toBe(false);
  });

  test('of the tool has every field that pays, and nothing wrong', () => {
    for (const { name, outcomes, ...written } of CSV_LAYOUTS) {
      const columns = written.columns.map((one) => ({
        title: one.title,
        ...('field' in one ? { field: one.field } : { text: one.text }),
      }));
      expect(readLayout(name, { ...written, columns })).toEqual({ layout: { name, outcomes, ...written } });
    }
  });
});

describe('every fault is told', () => {
  test('at once, and where it stands', () => {
    expect(
      faultsOf({
        separator: ':',
        decimal: 'x',
        header: 'yes',
        quoting: 'maybe',
        date: 'yy',
        colour: 'red',
        columns: [{ title: 'Name', field: 'name' }],
        outcomes: { key: 'Ref', paid: [] },
      }).map((fault) => fault.split(' ')[0]),
    ).toEqual([
      '', // colour is unknown
      'separator',
      'header',
      'date',
      'decimal',
      'quoting',
      'columns[1].field',
      'outcomes.status',
      'outcomes.paid',
      ...['columns', 'columns', 'columns', 'columns'],
      'outcomes.key',
    ]);
  });

  test('without payee, account, amount, or something to know the payment by again', () => {
    expect(faultsOf({ columns: [{ title: 'Ref', field: 'key' }] })).toEqual([
      'columns : it has no column for the account',
      'columns : it has no column for the amount',
      'columns : it has no column for the payee',
    ]);
    expect(faultsOf({ columns: COLUMNS.slice(1) })).toEqual([
      "columns : it has no column for the key, by which the bank's report tells which payment it means",
    ]);
    const remarks = [...COLUMNS.slice(1), { title: 'Remarks', field: 'remarks' }];
    expect(faultsOf({ columns: remarks })).toEqual([]);
    expect(faultsOf({ columns: LAYOUT_FIELDS.map((field) => ({ title: field, field })) })).toEqual([]);
  });

  test('what is no table, no list, too many columns', () => {
    for (const value of [null, [], 'x', 5]) expect(faultsOf(value)[0]).toBe(' must be a table of names and values');
    expect(faultsOf({ columns: [] })).toEqual(['columns must be a list of 1 to 100 columns']);
    const many = Array.from({ length: 101 }, (_, at) => ({ title: `c${at}`, text: 'x' }));
    expect(faultsOf({ columns: many })).toEqual(['columns must be a list of 1 to 100 columns']);
    expect(columnsWith(...many.slice(0, 96))).toEqual([]);
    expect(columnsWith(5)[0]).toBe('columns[5] must be a table of names and values');
  });

  test('names of every object’s own are no fields', () => {
    expect(faultsOf(JSON.parse('{"__proto__":{"columns":[]},"constructor":1}'))).toHaveLength(3);
  });

  test.each(['=1+1', '+254', '-5', '@sum'])('a title or text that a spreadsheet would calculate: %s', (text) => {
    expect(columnsWith({ title: text, text: 'x' })).toEqual([
      `columns[5].title "${text}" would be a formula in a spreadsheet`,
    ]);
    expect(columnsWith({ title: 'x', text })).toEqual([
      `columns[5].text "${text}" would be a formula in a spreadsheet`,
    ]);
  });

  test.each(['Währung', 'a\tb', 'a\r\nb', '\u202egnp', 'x'.repeat(101)])(
    'a text of other bytes in another charset, that ends a line, or is too long: %j',
    (text) => {
      expect(columnsWith({ title: 'Type', text })).toEqual([
        'columns[5].text must be a text of at most 100 characters, all of plain ASCII',
      ]);
    },
  );

  test('a column with neither field nor text, or both, or a length for a text', () => {
    const neither = 'columns[5] must have a field of the payment, or a text for every row, not both';
    expect(columnsWith({ title: 'x' })).toEqual([neither]);
    expect(columnsWith({ title: 'x', field: 'bank', text: 'y' })).toEqual([neither]);
    expect(columnsWith({ title: 'x', text: 'y', longest: 4, needed: true })).toEqual([
      'columns[5].longest is for a field, not for a text',
      'columns[5].needed is for a field, not for a text',
    ]);
    expect(columnsWith({ field: 'bank' })).toEqual(['columns[5].title is missing']);
  });

  test('a length that is none, or shorter than what always is as long', () => {
    for (const longest of [0, -1, 1.5, '9', 1001, Number.NaN])
      expect(columnsWith({ title: 'x', field: 'bank', longest })).toEqual([
        'columns[5].longest must be a whole number from 1 to 1000',
      ]);
    const fits = (field: string, longest: number) => columnsWith({ title: 'x', field, longest });
    expect([fits('key', 19), fits('currency', 3), fits('date', 10)]).toEqual([[], [], []]);
    expect(fits('key', 18)).toEqual(['columns[5].longest is too short: the key has 19 characters']);
    expect(fits('date', 9)).toHaveLength(1);
    expect(fits('currency', 2)).toHaveLength(1);
  });

  test('what is just short enough is taken', () => {
    const longest = 'x'.repeat(100);
    expect(columnsWith({ title: longest, text: longest })).toEqual([]);
    for (const length of [1, 1000]) expect(columnsWith({ title: 'x', field: 'bank', longest: length })).toEqual([]);
    expect(layoutOf({ title: 'KCB bulk' }).title).toBe('KCB bulk');
    expect(faultsWith({ title: '=x' })).toEqual(['title "=x" would be a formula in a spreadsheet']);
    expect(columnsWith({ title: 'a=b', text: 'c-d@e+f' })).toEqual([]);
  });

  test('a value of another kind, or none of those that there are', () => {
    expect(faultsWith({ header: 1 })).toEqual(['header must be true or false']);
    expect(faultsWith({ separator: 'x' })).toEqual([expect.stringMatching(/^separator must be one of ",", ";", /)]);
    expect(faultsWith({ colour: 'red' })).toEqual([
      expect.stringMatching(/^ : "colour" is unknown; known are .*columns/),
    ]);
    expect(columnsWith({ title: 'x', field: 'x' })[0]).toContain('"key", ');
    expect(columnsWith({ title: 'x', field: 'bank', needed: 'no' })).toEqual([
      'columns[5].needed must be true or false',
    ]);
    expect(columnsWith({ title: 5, text: 'x' })).toHaveLength(1);
  });

  test('one title twice, where titles are written', () => {
    expect(columnsWith({ title: 'Ref', text: 'x' })).toEqual([
      'columns[5].title "Ref" is the title of another column too',
    ]);
    expect(faultsOf({ header: false, columns: [...COLUMNS, { title: 'Ref', text: 'x' }] })).toEqual([]);
  });

  test('without quotes, whatever would need them', () => {
    const bare = (change: Readonly<Record<string, unknown>>, ...more: readonly unknown[]) =>
      faultsOf({ quoting: 'never', columns: [...COLUMNS, ...more], ...change });
    expect(bare({}, { title: 'a,b', text: 'c"d' })).toEqual([
      'columns[5].title needs quotes, and the layout has none',
      'columns[5].text needs quotes, and the layout has none',
    ]);
    expect(bare({ separator: ';' }, { title: 'a,b', text: 'c' })).toEqual([]);
    expect(bare({ header: false }, { title: 'a,b', text: 'c' })).toEqual([]);
    expect(bare({ decimal: ',' })).toEqual([
      'columns[4] needs quotes: the decimal mark is the separator, and the layout has none',
    ]);
    expect(bare({ decimal: ',', separator: ';' })).toEqual([]);
  });
});

describe('outcomes are not read', () => {
  test.each(['completed', ' COMPLETED ', 'Ｃompleted'])('by a word that means paid and rejected: %j', (word) => {
    expect(outcomesWith({ rejected: ['No', word] })).toEqual([
      expect.stringMatching(/^outcomes\.rejected : ".+" means paid as well$/),
    ]);
  });

  test('by a word without a letter or digit: an empty cell proves nothing', () => {
    for (const word of ['', ' ', '-', '***'])
      for (const field of ['paid', 'rejected'])
        expect(outcomesWith({ [field]: [word] })[0]).toMatch(new RegExp(`^outcomes\\.${field} must be a list`));
    expect(outcomesWith({ paid: [] })).toHaveLength(1);
    expect(outcomesWith({ rejected: [] })).toEqual([]);
    expect(outcomesWith({ paid: 'Completed' })).toHaveLength(1);
  });

  test('without a column for our key or for the status', () => {
    expect(outcomesWith({ key: undefined, status: undefined })).toEqual([
      'outcomes.key is missing',
      'outcomes.status is missing',
    ]);
    expect(outcomesWith({ key: '--' })).toHaveLength(1);
  });

  test('unless every column is named that it says', () => {
    const all = { ...OUTCOMES, message_id: 'File', reason: 'Why', amount: 'Paid', currency: 'Cur', account: 'To' };
    expect(layoutOf({ outcomes: all }).outcomes).toMatchObject({
      ...{
        key: 'Ref',
        status: 'Status',
        messageId: 'File',
        reason: 'Why',
        amount: 'Paid',
        currency: 'Cur',
        account: 'To',
      },
    });
    for (const field of ['key', 'status', 'message_id', 'reason', 'amount', 'currency', 'account']) {
      const fault = `outcomes.${field} must be a text with a letter or digit, of at most 100 characters`;
      for (const name of ['-', '', 5, 'x'.repeat(101)]) expect(outcomesWith({ [field]: name })).toContain(fault);
      expect(outcomesWith({ [field]: 'x'.repeat(100) })).toEqual([]);
    }
  });

  test('with more words than fifty, or longer ones than a hundred characters', () => {
    const words = (count: number) => Array.from({ length: count }, (_, at) => `word ${at}`);
    for (const field of ['paid', 'rejected']) {
      const fault = [expect.stringMatching(new RegExp(`^outcomes\\.${field} must be a list of [01] to 50 texts`))];
      expect(outcomesWith({ [field]: words(50) })).toEqual([]);
      expect(outcomesWith({ [field]: words(51) })).toEqual(fault);
      expect(outcomesWith({ [field]: ['x'.repeat(100)] })).toEqual([]);
      expect(outcomesWith({ [field]: ['x'.repeat(101)] })).toEqual(fault);
      expect(outcomesWith({ [field]: [5] })).toEqual(fault);
    }
    expect(outcomesWith({ paid: undefined })).toHaveLength(1);
    expect(layoutOf({ outcomes: { ...OUTCOMES, rejected: undefined } }).outcomes?.rejected).toEqual([]);
  });

  test('by words that mean both, each of which is named', () => {
    expect(outcomesWith({ paid: ['Done', 'OK'], rejected: ['ok', 'done'] })).toEqual([
      'outcomes.rejected : "ok", "done" means paid as well',
    ]);
  });

  test('by one column for two things, however its name is written', () => {
    expect(outcomesWith({ reason: 'STATUS.' })).toEqual(['outcomes.reason is the same column as status: "STATUS."']);
  });

  test('where the file for the bank does not have the key', () => {
    const columns = [...COLUMNS.slice(1), { title: 'Remarks', field: 'remarks' }];
    expect(faultsOf({ columns, outcomes: OUTCOMES })).toEqual([
      'outcomes.key : the file has no column for the key, so no bank can repeat it',
    ]);
  });

  test('with thousands as the decimal mark, or an unknown field', () => {
    expect(outcomesWith({ decimal: ',', thousands: ',' })).toEqual(['outcomes.thousands is the decimal mark as well']);
    expect(outcomesWith({ success: ['x'] })).toHaveLength(1);
    expect(faultsWith({ outcomes: 'yes' })[0]).toBe('outcomes must be a table of names and values');
  });
});

test('a preview has a header and two payments, and warns of what the bank would not take', () => {
  const short = [...COLUMNS.slice(0, 2), { title: 'Account', field: 'account', longest: 10 }, COLUMNS[3]];
  expect(layoutPreview(layoutOf({ separator: ';', columns: short }), 'KES')).toEqual({
    lines: [
      'Ref;Name;Account;Amount',
      '0A1B2C3D4E5F6G7-001;Jane Wanjiku;1234567890;12500.00',
      '7G6F5E4D3C2B1A0-001;Mwangi, Sons and Daughters Transpor;01129012345600;999.50',
    ],
    warnings: ['Example payment 2: Account (account) has 14 characters, and the bank takes 10.'],
  });
});
