import { defineConfig } from 'rolldown';

/** One code-split bundle: start-up time is a feature, and unbundled drizzle-orm alone costs 440 ms. */
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  external: ['better-sqlite3', 'argon2', 'pg-native'],
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', cleanDir: true },
});
