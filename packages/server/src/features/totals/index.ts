export { addMoney, addTraffic, moneyDeltas } from './store.ts'
