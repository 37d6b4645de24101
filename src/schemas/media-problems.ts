// Problems of uploads, media files and encoding that are valid but do not fit their state: 409, 410, 412, 422 and 423.
import type { ProblemDescription } from './conflict-problems.js'

export const MEDIA_PROBLEMS = {
  'encoder-unavailable': {
    statuses: [409],
    title: 'Encoding is off',
    advice: 'install ffmpeg where the service runs, or upload files that can be played as they are',
  },
  'encoding-job-state': {
    statuses: [409],
    title: 'Wrong state',
    advice:
      'read the encoding job: a job that is done can be neither cancelled nor repeated, and the steps of a master ' +
      'that another one replaces are not repeated; `state` names it',
  },
  'master-exists': {
    statuses: [409],
    title: 'Master exists',
    advice: 'another upload replaced the master of this edition at the same time: upload the file again',
  },
  'media-file-limit': {
    statuses: [409],
    title: 'Too many media files',
    advice: 'delete a media file first; `maxMediaFiles` is the limit',
  },
  'no-media': {
    statuses: [409],
    title: 'Nothing to play yet',
    advice: 'wait for a media file',
  },
  'subtitle-limit': {
    statuses: [409],
    title: 'Too many subtitles',
    advice: 'delete a subtitle first; `maxSubtitles` is the limit',
  },
  'upload-offset-mismatch': {
    statuses: [409],
    title: 'Upload offset mismatch',
    advice: 'request the offset with `HEAD` and continue from there',
  },
  'upload-part-in-use': {
    statuses: [409],
    title: 'Partial upload in use',
    advice: 'the part belongs to another final upload: upload it again',
  },
  'upload-part-incomplete': {
    statuses: [409],
    title: 'Partial upload incomplete',
    advice: 'send the remaining bytes of the part, then repeat the request',
  },
  'upload-processing': {
    statuses: [409],
    title: 'Upload is being processed',
    advice: 'the upload is complete: wait for its result',
  },
  'upload-expired': {
    statuses: [410],
    title: 'Upload expired',
    advice: 'create a new upload',
  },
  'tus-version-mismatch': {
    statuses: [412],
    title: 'Protocol version mismatch',
    advice: 'send `Tus-Resumable: 1.0.0`',
  },
  'claim-mismatch': {
    statuses: [422],
    title: 'Metadata mismatch',
    advice: 'declare the audio languages of the file, see `found`',
  },
  'unreadable-image': {
    statuses: [422],
    title: 'Unreadable image',
    advice: 'the image is damaged or of another type',
  },
  'unreadable-media': {
    statuses: [422],
    title: 'Unreadable media file',
    advice: 'the media file is damaged, incomplete or of another type',
  },
  'unreadable-subtitle': {
    statuses: [422],
    title: 'Unreadable file',
    advice: 'the subtitle file is damaged or of another type',
  },
  'unreadable-thumbnails': {
    statuses: [422],
    title: 'Unreadable file',
    advice: 'the thumbnail index is not valid',
  },
  'upload-lost': {
    statuses: [422],
    title: 'Upload lost',
    advice: 'send the file again: the received bytes no longer exist',
  },
  'upload-busy': {
    statuses: [423],
    title: 'Upload in use',
    advice: 'another request writes this upload: request the offset after the time in `Retry-After`',
  },
} as const satisfies Readonly<Record<string, ProblemDescription>>
