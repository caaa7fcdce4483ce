import type { PlaceView } from '../store/places.ts';

export interface PlaceDocument {
  readonly id: string;
  readonly kind: 'company' | 'region' | 'branch';
  readonly code: string;
  readonly name: string;
  readonly company: string;
  readonly region: string | null;
  /** How many places lie above. */
  readonly depth: number;
  /** Codes of the funds that stand exactly here. */
  readonly funds: readonly string[];
  readonly created_at: string;
}

/** A company, region or branch. */
export const placeDocument = (place: PlaceView): PlaceDocument => ({
  id: place.id,
  kind: place.kind,
  code: place.code,
  name: place.name,
  company: place.company,
  region: place.kind === 'region' ? place.code : place.region,
  depth: place.kind === 'company' ? 0 : place.kind === 'branch' && place.region !== null ? 2 : 1,
  funds: place.funds,
  created_at: place.createdAt.toISOString(),
});
