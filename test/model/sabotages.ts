import { OF_CHANGES } from './sabotages/changes.ts';
import { OF_CODES } from './sabotages/codes.ts';
import { OF_EXECUTIONS } from './sabotages/executions.ts';
import { OF_PEOPLE } from './sabotages/people.ts';
import { OF_POLICIES } from './sabotages/policies.ts';
import { OF_REQUESTS } from './sabotages/requests.ts';
import type { Sabotages } from './sabotages/spoiled.ts';

/** Rules of the tool that are broken on purpose, by name, to see that the model notices each. */
export const SABOTAGES: Sabotages = {
  ...OF_REQUESTS,
  ...OF_EXECUTIONS,
  ...OF_CODES,
  ...OF_PEOPLE,
  ...OF_CHANGES,
  ...OF_POLICIES,
};
