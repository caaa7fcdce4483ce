import { stepCommand } from './step.ts';

export const command = stepCommand('pause', {
  summary: 'Hold a schedule back until it is resumed',
  details: 'A payment that is paused is not paid, also when its time passes.',
  example: { command: 'treasury schedule pause {SCHEDULE}', about: 'nothing is paid until it is resumed' },
});
