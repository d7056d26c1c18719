export type { Attribution, AttributionSettings } from './domain/attribute.ts'
export { attribute } from './domain/attribute.ts'
export {
  type StorableAttribution,
  type StoredAttribution,
  toStoredAttribution,
} from './domain/stored-attribution.ts'
