import type { Section } from '../section.ts';

/** What is due, and who carries it out, under a heading of their own. */
export const QUEUE: Section = {
  heading: 'Queue',
  commands: [],
  nouns: [
    {
      name: 'schedule',
      summary: 'Payments for a time, and jobs again and again',
      verbs: [
        { name: 'add', load: () => import('./add.ts') },
        { name: 'list', load: () => import('./list.ts') },
        { name: 'pause', load: () => import('./pause.ts') },
        { name: 'resume', load: () => import('./resume.ts') },
        { name: 'remove', load: () => import('./remove.ts') },
        { name: 'run-due', load: () => import('./run-due.ts') },
        { name: 'crontab', load: () => import('./crontab.ts') },
      ],
    },
    {
      name: 'worker',
      summary: 'Carrying out what is due',
      verbs: [{ name: 'run', load: () => import('../worker/run.ts') }],
    },
    {
      name: 'alert',
      summary: 'What somebody has to look at',
      verbs: [
        { name: 'list', load: () => import('../alert/list.ts') },
        { name: 'ack', load: () => import('../alert/ack.ts') },
      ],
    },
    {
      name: 'webhook',
      summary: 'Addresses that are told what happens',
      verbs: [
        { name: 'add', load: () => import('../webhook/add.ts') },
        { name: 'list', load: () => import('../webhook/list.ts') },
        { name: 'remove', load: () => import('../webhook/remove.ts') },
        { name: 'test', load: () => import('../webhook/test.ts') },
      ],
    },
  ],
};
