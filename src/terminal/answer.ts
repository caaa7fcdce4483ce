import { fileTrouble } from '../domain/file-trouble.ts';
import { usage } from '../domain/problem.ts';
import { type Output, writeAll } from './output.ts';

/** Writes an answer to standard output. Throws usage STDOUT_NOT_WRITABLE where that takes nothing, such as a file on a full disk. */
export async function writeAnswer(stdout: Output, text: string): Promise<void> {
  try {
    await writeAll(stdout, text);
  } catch (error) {
    const why = fileTrouble(error, 'writing');
    if (why === null) throw error;
    throw usage('STDOUT_NOT_WRITABLE', `Standard output cannot be written: ${why}.`, {
      unchanged: 'Nothing was changed.',
      fix: 'send it to where there is room: df -h DIRECTORY',
    });
  }
}

/** Whether standard output has taken a refusal; people are told of it instead. */
export const hasTaken = async (stdout: Output, text: string): Promise<boolean> => {
  try {
    await writeAll(stdout, text);
    return true;
  } catch (error) {
    if (fileTrouble(error, 'writing') === null) throw error;
    return false;
  }
};
