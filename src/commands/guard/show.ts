import { guardDocument } from '../../documents/guard.ts';
import { lookAtGuards } from '../../operations/show-guards.ts';
import type { Command } from '../command.ts';
import { guardCard, helps, refuses } from './card.ts';

export const command: Command = {
  path: 'guard show',
  summary: "This machine's clock and the audit heads that it keeps, against the database",
  details:
    'A clock that contradicts the newest event, or a database that lacks a head which was kept beside the pepper, refuses whatever writes. Exit 10 while one does.',
  examples: [{ command: 'treasury guard show', about: 'is the clock right, is this the newest database?' }],
  access: 'audit.read',
  writes: false,
  exits: [10],
  document: 'guard',
  async run(context) {
    const document = guardDocument(await lookAtGuards(await context.store()), context.places.headsDirectory);
    return {
      data: document,
      exitCode: refuses(document) ? 10 : 0,
      human: { card: guardCard(document, await context.zone()), next: helps(document) },
    };
  },
};
