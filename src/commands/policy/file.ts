import { MOST_POLICY_BYTES } from '../../domain/policy-file.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { readListFile } from '../list-file.ts';

/** The text of the policy file that was named, or of standard input. Throws usage FILE_UNREADABLE. */
export const policyText = async (context: Context, input: Input): Promise<string> => {
  const file = input.text('file');
  return file === '-' ? context.readStdin() : readListFile(file, MOST_POLICY_BYTES);
};

/** What a policy file may hold, for the help. */
export const POLICY_FILE_HELP = [
  'A policy file is TOML (or JSON). Every part may be left out; amounts are in quotes.',
  '',
  '  [[approval]]            # tiers; up_to includes its figure',
  '  up_to = "500,000"',
  '  approvers = 1',
  '  [[approval]]            # the last tier has no up_to',
  '  approvers = 2',
  '  roles = ["cfo"]         # one of them, another person each',
  '  [cfo]',
  '  above = "500,000"       # a CFO must approve or execute',
  '  [limits.mpesa]          # mpesa, bank, cash; for each fund',
  '  per_payment = "250,000"',
  '  per_day = "500,000"',
  '  [otp]                   # never looser than the fund',
  '  above = "10,000"',
  '  mpesa = "0"',
  '  [[hours]]               # from included, to not',
  '  days = ["mon-fri"]',
  '  from = "08:00"',
  '  to = "17:00"',
  '  methods = ["bank"]      # left out: all without their own',
  '  [variance]',
  '  percent = "5"',
  '  [stale]                 # days',
  '  statement_days = 3      # also requisition_, change_days',
  '',
  'Another currency has the same tables under it: [[currency.USD.approval]], [currency.USD.limits.bank]. ' +
    "In a currency of a fund that the policy does not name, the office's last tier, CFO and code are asked for at any amount.",
].join('\n');
