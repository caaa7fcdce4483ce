import type { Section } from '../section.ts';

/** Batches, under a heading of their own. */
export const BATCHES: Section = {
  heading: 'Batches',
  commands: [],
  nouns: [
    {
      name: 'batch',
      summary: 'Many payments of one list, approved as one and paid by one code',
      verbs: [
        { name: 'create', load: () => import('./create.ts') },
        { name: 'list', load: () => import('./list.ts') },
        { name: 'show', load: () => import('./show.ts') },
        { name: 'validate', load: () => import('./validate.ts') },
        { name: 'approve', load: () => import('./approve.ts') },
        { name: 'otp', load: () => import('./otp.ts') },
        { name: 'execute', load: () => import('./execute.ts') },
        { name: 'resume', load: () => import('./resume.ts') },
        { name: 'cancel', load: () => import('./cancel.ts') },
        { name: 'export', load: () => import('./export.ts') },
      ],
    },
  ],
};
