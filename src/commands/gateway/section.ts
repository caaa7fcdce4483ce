import type { Section } from '../section.ts';

/** The rails that carry payments out, and what they say. */
export const GATEWAYS: Section = {
  heading: 'Gateways',
  commands: [{ name: 'listen', load: () => import('../listen.ts') }],
  nouns: [
    {
      name: 'gateway',
      summary: 'How each method is paid: by hand, or by a rail that answers later',
      verbs: [
        { name: 'list', load: () => import('./list.ts') },
        { name: 'set', load: () => import('./set.ts') },
        { name: 'test', load: () => import('./test.ts') },
        { name: 'simulate', load: () => import('./simulate.ts') },
        { name: 'message list', load: () => import('./message/list.ts') },
        { name: 'message show', load: () => import('./message/show.ts') },
        { name: 'message settle', load: () => import('./message/settle.ts') },
      ],
      groups: { message: 'What gateways said, as it was received, and who settled what fits nothing' },
    },
    {
      name: 'bankfile',
      summary: 'Files that tell the bank what to pay, and what it answers',
      verbs: [
        { name: 'export', load: () => import('../bankfile/export.ts') },
        { name: 'import', load: () => import('../bankfile/import.ts') },
        { name: 'list', load: () => import('../bankfile/list.ts') },
        { name: 'show', load: () => import('../bankfile/show.ts') },
        { name: 'layout add', load: () => import('../bankfile/layout/add.ts') },
        { name: 'layout list', load: () => import('../bankfile/layout/list.ts') },
        { name: 'layout show', load: () => import('../bankfile/layout/show.ts') },
      ],
      groups: { layout: 'How banks want CSV files of payments, and write what became of them' },
    },
    {
      name: 'suspense',
      summary: 'Money that a gateway paid although no fund was debited for it',
      verbs: [
        { name: 'list', load: () => import('../suspense/list.ts') },
        { name: 'settle', load: () => import('../suspense/settle.ts') },
      ],
    },
  ],
};
