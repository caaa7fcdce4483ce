#!/usr/bin/env node
// No static imports: a Node that is too old for everything else must still be able to read this file.
const NEEDED = [24, 16];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) start();
else await relay();

function start() {
  process.umask(0o077);
  const { existsSync } = process.getBuiltinModule('node:fs');
  const { createRequire } = process.getBuiltinModule('node:module');
  const main = `${import.meta.dirname}/../dist/main.cjs`;
  if (existsSync(main)) createRequire(import.meta.url)(main);
  else {
    process.stderr.write('Error: treasury has not been built.\nNothing was done.\nFix: npm run build\n');
    process.exitCode = 1;
  }
}

/** Runs this file again under the Node that was installed with the package, as if that had been there from the start. */
async function relay() {
  const node = await findNode();
  if (node === undefined) {
    process.stderr.write(
      `Error: treasury needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}.\n` +
        'Nothing was done.\nFix: install a newer Node from https://nodejs.org\n',
    );
    process.exitCode = 78;
    return;
  }
  const { spawn } = await import('node:child_process');
  const { constants } = await import('node:os');
  const { fileURLToPath } = await import('node:url');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both, and a second one would kill; what is sent to this process alone is passed on.
  const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  process.on('SIGINT', () => inTerminal || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Error: ${node} cannot be run: ${error.message}\n`);
    process.exitCode = 78;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  });
}

/** The Node beside this package: in its own node_modules, or in those of the project it was installed into. */
async function findNode() {
  const { existsSync, realpathSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');
  const self = realpathSync(process.execPath);
  for (let folder = new URL('..', import.meta.url); ; folder = new URL('..', folder)) {
    const node = fileURLToPath(new URL('node_modules/node/bin/node', folder));
    if (existsSync(node) && realpathSync(node) !== self) return node;
    if (folder.pathname === '/' || new URL('..', folder).href === folder.href) return undefined;
  }
}
