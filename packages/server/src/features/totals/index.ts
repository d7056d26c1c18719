export {
  addMoney,
  addTraffic,
  type MoneyDelta,
  moneyDeltas,
  type TrafficDelta,
} from './store.ts'
