import type { StatementProfileDocument } from '../../../documents/statement-profile.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { CardLine } from '../../command.ts';

/** A column profile as people read it; what it does not have is left out. */
export function profileCard(profile: StatementProfileDocument, zone: string): CardLine[] {
  const { created_by: by, created_at: at } = profile;
  const rows: (readonly [label: string, value: string | null])[] = [
    ['Profile', profile.name],
    ['Of', profile.title],
    ['Day', `${profile.date}, written ${profile.date_formats.join(' or ')}`],
    ['Value day', profile.value_date],
    ['Description', profile.description.join(', ')],
    ['Amounts', amountWords(profile.amount)],
    ['Figures', figure(profile)],
    ['Running balance', profile.balance],
    ["Bank's own reference", profile.external_id],
    ['Other references', profile.references.join(', ')],
    ['Counterparty', profile.counterparty],
    ['Its account', profile.counterparty_account],
    ['File', `${profile.charset}, ${DELIMITERS[profile.delimiter]} between cells${skipped(profile.skip_lines)}`],
    ['Sheet', profile.sheet],
    [
      'Currency',
      profile.currency ??
        (profile.usual_currency === null ? "the fund's" : `the fund's, else ${profile.usual_currency}`),
    ],
    ['Charges', profile.charges.join(', ')],
    ['Made by', by === null || at === null ? 'comes with the tool' : `${by}, ${formatInstant(new Date(at), zone)}`],
  ];
  return rows.flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label, value }]));
}

const DELIMITERS = { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab', '|': 'a bar' } as const;

const skipped = (lines: number): string => (lines === 0 ? '' : `, ${lines} lines above the header passed over`);

const figure = ({ decimal, thousands }: StatementProfileDocument): string => `1${thousands ?? ''}234${decimal}50`;

function amountWords(amount: StatementProfileDocument['amount']): string {
  if (amount.rule === 'debit-credit')
    return `${amount.debit} is money out${amount.debits === 'negative' ? ', written below zero' : ''}, ${amount.credit} money in`;
  if (amount.rule === 'signed') return `${amount.amount}, where above zero is money ${amount.positive}`;
  return `${amount.amount}; ${amount.mark} says ${amount.in.join(' or ')} for money in, ${amount.out.join(' or ')} for money out`;
}
