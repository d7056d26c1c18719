export type {
  Attribution,
  AttributionSettings,
  ConsideredTouch,
  Touch,
  TouchVerdict,
} from './domain/attribute.ts'
export { attribute } from './domain/attribute.ts'
