import { stepCommand } from './step.ts';

export const command = stepCommand('resume', {
  summary: 'Let a paused schedule come again',
  details: 'A payment whose time has passed meanwhile is due at once.',
  example: { command: 'treasury schedule resume {PAUSED_SCHEDULE}', about: 'it comes again' },
});
