/** Routes that only the benchmarks' server has. They stand under the tracking path, because hooks look at the path. */
export const echoPath = '/api/v1/track/bench-echo'
export const singlePath = '/api/v1/track/bench-single'
