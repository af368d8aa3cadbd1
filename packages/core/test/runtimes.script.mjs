// Plain JavaScript against the built package, run by runtimes.test.ts on each Node.
import { createRouter } from '../dist/index.js'

if (typeof createRouter !== 'function') throw new Error('createRouter is not a function')
console.log(`ok ${process.version}`)
