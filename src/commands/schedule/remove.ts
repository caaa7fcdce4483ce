import { stepCommand } from './step.ts';

export const command = stepCommand('remove', {
  summary: 'Take a schedule back',
  details: 'A code that it has used is gone: to schedule the payment again takes a new one.',
  example: { command: 'treasury schedule remove {SCHEDULE}', about: 'it is not paid by itself any more' },
});
