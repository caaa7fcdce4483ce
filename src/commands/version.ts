import type { Command } from './command.ts';

export const command: Command = {
  path: 'version',
  summary: 'Show the version of treasury and of what it runs on',
  examples: [{ command: 'treasury version', about: 'which release is this?' }],
  access: 'open',
  writes: false,
  document: 'version',
  run: (context) =>
    Promise.resolve({
      data: { version: context.version, node: process.versions.node, platform: `${process.platform}-${process.arch}` },
      human: {
        lines: [`treasury ${context.version} (Node ${process.versions.node}, ${process.platform}-${process.arch})`],
      },
    }),
};
