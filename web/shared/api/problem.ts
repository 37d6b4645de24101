// Errors of API calls, of the client package.
export {
  ApiProblem,
  canRetry,
  isProblem,
  ServerError,
  UnreachableError,
  unwrap,
  type Problem,
} from '@normflix/client/problems.js'
