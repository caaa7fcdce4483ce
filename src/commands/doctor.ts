import type { Finding } from '../domain/finding.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { examineOffice } from '../operations/examine-office.ts';
import type { Command } from './command.ts';

export const command: Command = {
  path: 'doctor',
  summary: 'Examine the office: database, guards, books, audit trail, mail, SMS, M-Pesa, files',
  details:
    'Every check runs, even if one fails; what is well is counted, and listed with --verbose. Exit 0 when all is well, 10 when there is something to do, 11 when the books cannot be believed.',
  examples: [{ command: 'treasury doctor', about: 'every check, each finding with its fix' }],
  access: 'open',
  writes: false,
  exits: [10, 11],
  document: 'finding',
  async run(context) {
    const findings = await examineOffice({
      databaseUrl: context.places.databaseUrl,
      pepperFile: context.places.pepperFile,
      headsDirectory: context.places.headsDirectory,
      now: context.now(),
      node: process.versions.node,
      openStore: () => context.store(),
      openSms: () => context.sms(),
      lookAtSecrets: () => context.lookAtSecrets(),
    });
    const bad = findings.filter((finding) => finding.status !== 'ok');
    const broken = bad.filter((finding) => finding.status === 'broken');
    if (broken.length > 0) throw unbelievable(findings, broken);
    const well = `${findings.length - bad.length} of ${findings.length} checks are well.`;
    return {
      data: findings,
      page: { next: null, count: findings.length, totals: {} },
      exitCode: bad.length === 0 ? 0 : 10,
      human: { lines: [well], checks: (context.flags.verbose ? findings : bad).map(checkOf) },
    };
  },
};

function unbelievable(findings: readonly Finding[], broken: readonly Finding[]): Problem {
  const [first] = broken;
  const count = broken.length === 1 ? 'One check says' : `${broken.length} checks say`;
  return new Problem('integrity', 'OFFICE_BROKEN', `${count} that the books or their guards cannot be believed.`, {
    unchanged: 'Nothing was changed. Do not pay until it is cleared up.',
    checks: findings.map(checkOf),
    ...(first?.fix ? { fix: first.fix } : {}),
  });
}

const checkOf = (finding: Finding): Check => ({
  id: finding.id,
  ok: finding.status === 'ok',
  code: finding.status === 'ok' ? null : finding.status.toUpperCase(),
  message: finding.message,
  fix: finding.fix === null ? null : { command: finding.fix, who: [] },
  facts: {},
});
