import type { Mail } from './mail.ts';

export interface CodeLetter {
  readonly to: string;
  readonly code: string;
  /** What the code is for. */
  readonly subject: {
    readonly noun: 'payment' | 'batch';
    readonly ref: string;
    /** What it authorises, in words; text from outside is among it. */
    readonly facts: readonly (readonly [label: string, value: string])[];
  };
  readonly fundCode: string;
  /** The fund's newest audit hash: kept in the mailbox, it shows later if the book was rewritten. */
  readonly auditHead: string;
  readonly deadline: string;
}

/** The mail that carries a one-time code: plain text with HTML beside it. The code stands alone on a line. */
export function codeMail(letter: CodeLetter): Mail {
  const { noun, ref } = letter.subject;
  const facts: [string, string][] = [
    ...letter.subject.facts.map(([label, value]): [string, string] => [label, oneLine(value)]),
    [noun === 'payment' ? 'Payment' : 'Batch', ref],
    ['Fund', letter.fundCode],
    ['Valid until', letter.deadline],
    ['Audit head', letter.auditHead],
  ];
  const warning =
    'Do not share this code. Nobody from the office will ever ask you for it. If you did not ask for it, tell your treasurer.';
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  return {
    to: letter.to,
    subject: `Your code for ${noun} ${ref}`,
    text: [
      'Your one-time code is',
      '',
      letter.code,
      '',
      ...facts.map(([label, value]) => `${`${label}:`.padEnd(width)}${value}`),
      '',
      warning,
      '',
    ].join('\n'),
    html: [
      '<p>Your one-time code is</p>',
      `<p style="font-size:2em;letter-spacing:.2em"><b>${letter.code}</b></p>`,
      '<table>',
      ...facts.map(([label, value]) => `<tr><th align="left">${label}</th><td>${escapeHtml(value)}</td></tr>`),
      '</table>',
      `<p>${warning}</p>`,
    ].join('\n'),
  };
}

/** Text from outside never starts a line of its own in the letter. */
const oneLine = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
