import type { Mail } from './mail.ts';

/** A letter in plain words as a mail, with the same words in HTML beside it. */
export const letterMail = ({ to, subject, text }: { to: string; subject: string; text: string }): Mail => ({
  to,
  subject,
  text,
  html: `<pre style="font-family:inherit">${escapeHtml(text)}</pre>`,
});

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
