/** How the pepper file of a machine stands to the pepper that the office has in force. */
export type PepperState = 'in_place' | 'new_file_ready' | 'replaced' | 'wrong' | 'missing' | 'damaged' | 'unreadable';

/** What a file holds: a pepper of some fingerprint, something else, what this user may not read, or there is no such file. */
export type PepperContent = { readonly fingerprint: string } | 'damaged' | 'unreadable' | null;

/** The files of one machine, and what the office knows of its pepper. */
export interface PepperFacts {
  readonly file: string;
  readonly content: PepperContent;
  /** Where a new pepper waits until the office has confirmed it. */
  readonly nextFile: string;
  readonly nextContent: PepperContent;
  /** Fingerprint of the pepper in force. */
  readonly inForce: string;
  /** When the office replaced its pepper the last time; null when it never did. */
  readonly replacedAt: Date | null;
}

/** The fingerprint of what a file holds; null when it holds no pepper. */
export const fingerprintOf = (content: PepperContent): string | null =>
  content === null || content === 'damaged' || content === 'unreadable' ? null : content.fingerprint;

/** Whether a machine can work with codes, and if not, why. */
export function pepperState({ content, nextContent, inForce, replacedAt }: PepperFacts): PepperState {
  if (fingerprintOf(content) === inForce) return 'in_place';
  if (fingerprintOf(nextContent) === inForce) return 'new_file_ready';
  if (content === null) return 'missing';
  if (content === 'damaged' || content === 'unreadable') return content;
  return replacedAt === null ? 'wrong' : 'replaced';
}

/** What is the matter with the pepper, and exactly what to do about it; null when nothing is. */
export function pepperTrouble(facts: PepperFacts): { message: string; fix: string } | null {
  const { file, nextFile, inForce, replacedAt } = facts;
  const carry = `copy the file with fingerprint ${inForce} from the machine that made it to ${nextFile}, mode 0600`;
  const back = `put your copy of it back, with mode 0600; lost for good: treasury pepper replace --reason REASON`;
  const fix = replacedAt === null ? back : `${carry}; lost for good: treasury pepper replace --reason REASON`;
  switch (pepperState(facts)) {
    case 'in_place':
      return null;
    case 'new_file_ready':
      return {
        message: `The office has replaced its pepper; the new one lies in ${nextFile} and is taken by the next command that needs it.`,
        fix: `mv ${nextFile} ${file}`,
      };
    case 'missing':
      return { message: `The pepper file ${file} is missing: no code can be sent or checked.`, fix };
    case 'unreadable':
      return {
        message: `The pepper file ${file} cannot be read by this user of the machine: no code can be sent or checked.`,
        fix: `let whoever works here read it, and nobody else: chown USER ${file}; chmod 600 ${file}`,
      };
    case 'damaged':
      return {
        message: `The pepper file ${file} does not hold 32 bytes in base64: no code can be sent or checked.`,
        fix,
      };
    case 'wrong':
      return {
        message: `The pepper in ${file} is not the one that this office was set up with: no code can be sent or checked.`,
        fix: `${back}; it may lie elsewhere: TREASURY_PEPPER_FILE=FILE`,
      };
    case 'replaced':
      return {
        message: `The office has replaced its pepper, and the one in ${file} is not the one in force: no code can be sent or checked on this machine.`,
        fix,
      };
  }
}
