import { connect as reallyConnect } from '../../../../src/store/sqlite/connect.ts';
import { inMemory, readerInMemory } from '../memory.ts';

/** Databases that the tests keep in memory are not opened a second time; every other file is. */
export const connect: typeof reallyConnect = (file, options) =>
  (options?.readonly === true ? readerInMemory(file) : inMemory(file)) ?? reallyConnect(file, options);
