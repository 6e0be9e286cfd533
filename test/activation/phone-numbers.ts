/** A country's numbers as people there write them, and in E.164: from its numbering plan, not from a library. */
export interface Numbers {
  country: string;
  /** Its calling code. */
  code: string;
  /** The trunk prefix in the country, which is omitted from abroad; empty if there is none. */
  trunk: string;
  /** The international prefix; default 00. */
  abroad?: string;
  mobile: Number;
  landline: Number;
  /** True if numbers of one kind have very different lengths, so that one digit more or less may be valid. */
  isOpen?: true;
}
type Number = [atHome: string, e164: string];

export const NUMBERS: Numbers[] = [
  {
    country: 'BE',
    code: '32',
    trunk: '0',
    mobile: ['0475/12.34.56', '+32475123456'],
    landline: ['02 234 56 78', '+3222345678'],
  },
  {
    country: 'FR',
    code: '33',
    trunk: '0',
    mobile: ['06 12 34 56 78', '+33612345678'],
    landline: ['01.42.68.53.00', '+33142685300'],
  },
  {
    country: 'NL',
    code: '31',
    trunk: '0',
    mobile: ['06-12345678', '+31612345678'],
    landline: ['020 624 1111', '+31206241111'],
  },
  {
    country: 'LU',
    code: '352',
    trunk: '',
    mobile: ['621 123 456', '+352621123456'],
    landline: ['27 12 34 56', '+35227123456'],
    isOpen: true,
  },
  {
    country: 'DE',
    code: '49',
    trunk: '0',
    mobile: ['0171 3920012', '+491713920012'],
    landline: ['(030) 23125-000', '+493023125000'],
    isOpen: true,
  },
  {
    country: 'AT',
    code: '43',
    trunk: '0',
    mobile: ['0664 1234567', '+436641234567'],
    landline: ['01/70071234', '+43170071234'],
    isOpen: true,
  },
  {
    country: 'CH',
    code: '41',
    trunk: '0',
    mobile: ['079 123 45 67', '+41791234567'],
    landline: ['044 668 18 00', '+41446681800'],
  },
  {
    country: 'GB',
    code: '44',
    trunk: '0',
    mobile: ['07400 123456', '+447400123456'],
    landline: ['(020) 7946 0018', '+442079460018'],
  },
  {
    country: 'IE',
    code: '353',
    trunk: '0',
    mobile: ['085 012 3456', '+353850123456'],
    landline: ['01 605 4000', '+35316054000'],
  },
  {
    // The zero of an Italian landline belongs to the number.
    country: 'IT',
    code: '39',
    trunk: '',
    mobile: ['347 123 4567', '+393471234567'],
    landline: ['02 1234 5678', '+390212345678'],
    isOpen: true,
  },
  {
    country: 'ES',
    code: '34',
    trunk: '',
    mobile: ['612 34 56 78', '+34612345678'],
    landline: ['91 123 45 67', '+34911234567'],
  },
  {
    country: 'SE',
    code: '46',
    trunk: '0',
    mobile: ['070-123 45 67', '+46701234567'],
    landline: ['08-123 456 78', '+46812345678'],
  },
  {
    country: 'DK',
    code: '45',
    trunk: '',
    mobile: ['20 12 34 56', '+4520123456'],
    landline: ['32 12 34 56', '+4532123456'],
  },
  {
    country: 'NO',
    code: '47',
    trunk: '',
    mobile: ['406 12 345', '+4740612345'],
    landline: ['22 12 34 56', '+4722123456'],
  },
  {
    country: 'FI',
    code: '358',
    trunk: '0',
    mobile: ['041 2345678', '+358412345678'],
    landline: ['09 310 1691', '+35893101691'],
    isOpen: true,
  },
  {
    country: 'PL',
    code: '48',
    trunk: '',
    mobile: ['512 345 678', '+48512345678'],
    landline: ['22 123 45 67', '+48221234567'],
  },
  {
    country: 'CZ',
    code: '420',
    trunk: '',
    mobile: ['601 123 456', '+420601123456'],
    landline: ['212 345 678', '+420212345678'],
  },
  {
    country: 'HU',
    code: '36',
    trunk: '06',
    mobile: ['06 20 123 4567', '+36201234567'],
    landline: ['06 1 234 5678', '+3612345678'],
  },
  {
    country: 'GR',
    code: '30',
    trunk: '',
    mobile: ['691 234 5678', '+306912345678'],
    landline: ['21 2345 6789', '+302123456789'],
  },
  {
    country: 'RO',
    code: '40',
    trunk: '0',
    mobile: ['0712 034 567', '+40712034567'],
    landline: ['021 123 4567', '+40211234567'],
  },
  {
    country: 'RU',
    code: '7',
    trunk: '8',
    abroad: '810',
    mobile: ['8 (912) 345-67-89', '+79123456789'],
    landline: ['8 (495) 123-45-67', '+74951234567'],
  },
  {
    country: 'TR',
    code: '90',
    trunk: '0',
    mobile: ['0501 234 56 78', '+905012345678'],
    landline: ['(0212) 345 67 89', '+902123456789'],
  },
  {
    country: 'US',
    code: '1',
    trunk: '1',
    abroad: '011',
    mobile: ['(201) 555-0123', '+12015550123'],
    landline: ['212-736-5000', '+12127365000'],
  },
  {
    country: 'MX',
    code: '52',
    trunk: '',
    mobile: ['55 1234 5678', '+525512345678'],
    landline: ['33 1234 5678', '+523312345678'],
  },
  {
    country: 'BR',
    code: '55',
    trunk: '0',
    abroad: '0015',
    mobile: ['(11) 96123-4567', '+5511961234567'],
    landline: ['(11) 2345-6789', '+551123456789'],
  },
  {
    // From abroad a 9 comes before the area code, at home a 15 after it.
    country: 'AR',
    code: '54',
    trunk: '0',
    mobile: ['011 15-2345-6789', '+5491123456789'],
    landline: ['011 2345-6789', '+541123456789'],
  },
  {
    country: 'CI',
    code: '225',
    trunk: '',
    mobile: ['07 07 12 34 56', '+2250707123456'],
    landline: ['27 20 25 12 34', '+2252720251234'],
  },
  {
    country: 'AU',
    code: '61',
    trunk: '0',
    abroad: '0011',
    mobile: ['0412 345 678', '+61412345678'],
    landline: ['(02) 9374 4000', '+61293744000'],
  },
  {
    country: 'IN',
    code: '91',
    trunk: '0',
    mobile: ['081234 56789', '+918123456789'],
    landline: ['011 2345 6789', '+911123456789'],
  },
  {
    country: 'JP',
    code: '81',
    trunk: '0',
    abroad: '010',
    mobile: ['090-1234-5678', '+819012345678'],
    landline: ['03-3224-9999', '+81332249999'],
  },
  {
    country: 'ZA',
    code: '27',
    trunk: '0',
    mobile: ['082 123 4567', '+27821234567'],
    landline: ['021 712 1234', '+27217121234'],
    isOpen: true,
  },
];
