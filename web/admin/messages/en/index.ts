// English messages of the admin app, one file for each subject.
import shared from '@shared/messages/en/index.js'
import accounts from './accounts.json'
import audit from './audit.json'
import catalogue from './catalogue.json'
import collections from './collections.json'
import dashboard from './dashboard.json'
import deletion from './deletion.json'
import detections from './detections.json'
import editor from './editor.json'
import encoding from './encoding.json'
import jobs from './jobs.json'
import layout from './layout.json'
import logIn from './logIn.json'
import markers from './markers.json'
import media from './media.json'
import roles from './roles.json'
import seasons from './seasons.json'
import tokens from './tokens.json'
import transfer from './transfer.json'
import upload from './upload.json'
import webhooks from './webhooks.json'

const messages = {
  ...shared,
  accounts,
  audit,
  catalogue,
  collections,
  dashboard,
  deletion,
  detections,
  editor,
  encoding,
  jobs,
  layout,
  logIn,
  markers,
  media,
  roles,
  seasons,
  tokens,
  transfer,
  upload,
  webhooks,
}
export type Messages = typeof messages
export default messages
