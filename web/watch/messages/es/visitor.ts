// Spanish messages of pages before the log-in, and of the log-in of devices. They load with these pages.
import fieldErrors from '@shared/messages/es/fieldErrors.json'
import type { VisitorMessages } from '../en/visitor.js'
import deviceLogIn from './deviceLogIn.json'
import emailLinks from './emailLinks.json'
import logIn from './logIn.json'
import passwords from './passwords.json'
import plans from './plans.json'
import signUp from './signUp.json'

export default { deviceLogIn, emailLinks, fieldErrors, logIn, passwords, plans, signUp } satisfies VisitorMessages
