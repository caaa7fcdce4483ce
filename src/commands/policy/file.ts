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
  '  # Tiers: up_to includes its figure, the',
  '  # last one has none. Roles: cfo, approver,',
  '  # each another one of the approvers.',
  '  [[approval]]',
  '  up_to = "500,000"',
  '  approvers = 1',
  '  [[approval]]',
  '  approvers = 2',
  '  roles = ["cfo"]',
  '  # A CFO must approve or execute above this.',
  '  [cfo]',
  '  above = "500,000"',
  '  # Of each fund; mpesa, bank or cash.',
  '  [limits.mpesa]',
  '  per_payment = "250,000"',
  '  per_day = "500,000"',
  '  # Codes; never looser than the fund.',
  '  [otp]',
  '  above = "10,000"',
  '  mpesa = "0"',
  '  # The first minute is in, the last is not.',
  '  # Without methods: all without their own.',
  '  [[hours]]',
  '  days = ["mon-fri"]',
  '  from = "08:00"',
  '  to = "17:00"',
  '  methods = ["bank"]',
  '  # For reconciliation.',
  '  [variance]',
  '  percent = "5"',
  '  amount = "1,000"',
  '  [stale]',
  '  statement_days = 3',
  '  requisition_days = 2',
  '  change_days = 2',
  '',
  'Another currency has the same tables under it: [[currency.USD.approval]], [currency.USD.limits.bank]. ' +
    "In a currency of a fund that the policy does not name, the office's last tier, CFO and code are asked for at any amount.",
].join('\n');
