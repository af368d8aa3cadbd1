export { createSeededRandom } from '../runtime/random.ts'
