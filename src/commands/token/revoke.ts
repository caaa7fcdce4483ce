import { tokenState } from '../../domain/token.ts';
import { tokenDocument } from '../../documents/token.ts';
import { endToken } from '../../operations/revoke-token.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'token revoke',
  summary: 'End a token at once, also while it is in use',
  details: 'Admins end those of others with --user.',
  arguments: [{ name: 'token', about: 'its name or reference' }],
  options: [{ flags: '--user <username>', about: 'whose it is, when it is not yours' }],
  examples: [{ command: 'treasury token revoke {TOKEN}', about: 'nothing that it does is kept from now on' }],
  access: 'anyone',
  writes: true,
  document: 'token',
  async run(context, input) {
    const { view, changed } = await endToken(await context.store(), await context.actor(), {
      token: input.text('token'),
      owner: input.optional('user') ?? null,
    });
    const data = tokenDocument(view, context.now());
    const named = `${data.name} (${data.ref}) of ${data.user}`;
    const before = tokenState({ ...view.token, revokedAt: null }, context.now());
    return {
      data,
      human: {
        lines: [changed ? `${named}: ${before} > revoked.` : `${named} was revoked already; nothing was changed.`],
        next: ['treasury token list'],
      },
    };
  },
};
