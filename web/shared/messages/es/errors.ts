// Spanish messages for problems and rejected fields.
import fieldErrors from './fieldErrors.json'
import problems from './problems.json'

export default { fieldErrors, problems }
