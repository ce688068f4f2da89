// SPDX-License-Identifier: GPL-2.0
/*
 * SNOW 3G (ETSI/SAGE UEA2&UIA2 Document 2) and UIA2 (Document 1), written for
 * few instructions an octet: 16 clocks are unrolled, so that the LFSR is never
 * shifted but its names are, and each S-box with the MixColumn behind it is one
 * table.
 */

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "snow3g.h"
#include "stream.h"

#define ONES			0xffffffffU
#define INIT_CLOCKS		32

/* FSM registers */
#define R1			r[0]
#define R2			r[1]
#define R3			r[2]

/*
 * For an octet x as the highest of a word, with s = S(x): s.X, s.X + s, s, s
 * (. and X in the field of the S-box). For the octet k places lower it is the
 * same rotated by k octets, which is why each is there twice over: see
 * stream_lookup().
 */
#define T(word)			((word) * 0x100000001ULL)

/* S1: S_R, in GF(2^8) by 0x11b (Document 2, 3.3.1) */
static const u64 snow3g_s1[256] = {
	T(0xc6a56363), T(0xf8847c7c), T(0xee997777), T(0xf68d7b7b),
	T(0xff0df2f2), T(0xd6bd6b6b), T(0xdeb16f6f), T(0x9154c5c5),
	T(0x60503030), T(0x02030101), T(0xcea96767), T(0x567d2b2b),
	T(0xe719fefe), T(0xb562d7d7), T(0x4de6abab), T(0xec9a7676),
	T(0x8f45caca), T(0x1f9d8282), T(0x8940c9c9), T(0xfa877d7d),
	T(0xef15fafa), T(0xb2eb5959), T(0x8ec94747), T(0xfb0bf0f0),
	T(0x41ecadad), T(0xb367d4d4), T(0x5ffda2a2), T(0x45eaafaf),
	T(0x23bf9c9c), T(0x53f7a4a4), T(0xe4967272), T(0x9b5bc0c0),
	T(0x75c2b7b7), T(0xe11cfdfd), T(0x3dae9393), T(0x4c6a2626),
	T(0x6c5a3636), T(0x7e413f3f), T(0xf502f7f7), T(0x834fcccc),
	T(0x685c3434), T(0x51f4a5a5), T(0xd134e5e5), T(0xf908f1f1),
	T(0xe2937171), T(0xab73d8d8), T(0x62533131), T(0x2a3f1515),
	T(0x080c0404), T(0x9552c7c7), T(0x46652323), T(0x9d5ec3c3),
	T(0x30281818), T(0x37a19696), T(0x0a0f0505), T(0x2fb59a9a),
	T(0x0e090707), T(0x24361212), T(0x1b9b8080), T(0xdf3de2e2),
	T(0xcd26ebeb), T(0x4e692727), T(0x7fcdb2b2), T(0xea9f7575),
	T(0x121b0909), T(0x1d9e8383), T(0x58742c2c), T(0x342e1a1a),
	T(0x362d1b1b), T(0xdcb26e6e), T(0xb4ee5a5a), T(0x5bfba0a0),
	T(0xa4f65252), T(0x764d3b3b), T(0xb761d6d6), T(0x7dceb3b3),
	T(0x527b2929), T(0xdd3ee3e3), T(0x5e712f2f), T(0x13978484),
	T(0xa6f55353), T(0xb968d1d1), T(0x00000000), T(0xc12ceded),
	T(0x40602020), T(0xe31ffcfc), T(0x79c8b1b1), T(0xb6ed5b5b),
	T(0xd4be6a6a), T(0x8d46cbcb), T(0x67d9bebe), T(0x724b3939),
	T(0x94de4a4a), T(0x98d44c4c), T(0xb0e85858), T(0x854acfcf),
	T(0xbb6bd0d0), T(0xc52aefef), T(0x4fe5aaaa), T(0xed16fbfb),
	T(0x86c54343), T(0x9ad74d4d), T(0x66553333), T(0x11948585),
	T(0x8acf4545), T(0xe910f9f9), T(0x04060202), T(0xfe817f7f),
	T(0xa0f05050), T(0x78443c3c), T(0x25ba9f9f), T(0x4be3a8a8),
	T(0xa2f35151), T(0x5dfea3a3), T(0x80c04040), T(0x058a8f8f),
	T(0x3fad9292), T(0x21bc9d9d), T(0x70483838), T(0xf104f5f5),
	T(0x63dfbcbc), T(0x77c1b6b6), T(0xaf75dada), T(0x42632121),
	T(0x20301010), T(0xe51affff), T(0xfd0ef3f3), T(0xbf6dd2d2),
	T(0x814ccdcd), T(0x18140c0c), T(0x26351313), T(0xc32fecec),
	T(0xbee15f5f), T(0x35a29797), T(0x88cc4444), T(0x2e391717),
	T(0x9357c4c4), T(0x55f2a7a7), T(0xfc827e7e), T(0x7a473d3d),
	T(0xc8ac6464), T(0xbae75d5d), T(0x322b1919), T(0xe6957373),
	T(0xc0a06060), T(0x19988181), T(0x9ed14f4f), T(0xa37fdcdc),
	T(0x44662222), T(0x547e2a2a), T(0x3bab9090), T(0x0b838888),
	T(0x8cca4646), T(0xc729eeee), T(0x6bd3b8b8), T(0x283c1414),
	T(0xa779dede), T(0xbce25e5e), T(0x161d0b0b), T(0xad76dbdb),
	T(0xdb3be0e0), T(0x64563232), T(0x744e3a3a), T(0x141e0a0a),
	T(0x92db4949), T(0x0c0a0606), T(0x486c2424), T(0xb8e45c5c),
	T(0x9f5dc2c2), T(0xbd6ed3d3), T(0x43efacac), T(0xc4a66262),
	T(0x39a89191), T(0x31a49595), T(0xd337e4e4), T(0xf28b7979),
	T(0xd532e7e7), T(0x8b43c8c8), T(0x6e593737), T(0xdab76d6d),
	T(0x018c8d8d), T(0xb164d5d5), T(0x9cd24e4e), T(0x49e0a9a9),
	T(0xd8b46c6c), T(0xacfa5656), T(0xf307f4f4), T(0xcf25eaea),
	T(0xcaaf6565), T(0xf48e7a7a), T(0x47e9aeae), T(0x10180808),
	T(0x6fd5baba), T(0xf0887878), T(0x4a6f2525), T(0x5c722e2e),
	T(0x38241c1c), T(0x57f1a6a6), T(0x73c7b4b4), T(0x9751c6c6),
	T(0xcb23e8e8), T(0xa17cdddd), T(0xe89c7474), T(0x3e211f1f),
	T(0x96dd4b4b), T(0x61dcbdbd), T(0x0d868b8b), T(0x0f858a8a),
	T(0xe0907070), T(0x7c423e3e), T(0x71c4b5b5), T(0xccaa6666),
	T(0x90d84848), T(0x06050303), T(0xf701f6f6), T(0x1c120e0e),
	T(0xc2a36161), T(0x6a5f3535), T(0xaef95757), T(0x69d0b9b9),
	T(0x17918686), T(0x9958c1c1), T(0x3a271d1d), T(0x27b99e9e),
	T(0xd938e1e1), T(0xeb13f8f8), T(0x2bb39898), T(0x22331111),
	T(0xd2bb6969), T(0xa970d9d9), T(0x07898e8e), T(0x33a79494),
	T(0x2db69b9b), T(0x3c221e1e), T(0x15928787), T(0xc920e9e9),
	T(0x8749cece), T(0xaaff5555), T(0x50782828), T(0xa57adfdf),
	T(0x038f8c8c), T(0x59f8a1a1), T(0x09808989), T(0x1a170d0d),
	T(0x65dabfbf), T(0xd731e6e6), T(0x84c64242), T(0xd0b86868),
	T(0x82c34141), T(0x29b09999), T(0x5a772d2d), T(0x1e110f0f),
	T(0x7bcbb0b0), T(0xa8fc5454), T(0x6dd6bbbb), T(0x2c3a1616),};

/* S2: S_Q, in GF(2^8) by 0x169 (Document 2, 3.3.2) */
static const u64 snow3g_s2[256] = {
	T(0x4a6f2525), T(0x486c2424), T(0xe6957373), T(0xcea96767),
	T(0xc710d7d7), T(0x359baeae), T(0xb8e45c5c), T(0x60503030),
	T(0x2185a4a4), T(0xb55beeee), T(0xdcb26e6e), T(0xff34cbcb),
	T(0xfa877d7d), T(0x03b6b5b5), T(0x6def8282), T(0xdf04dbdb),
	T(0xa145e4e4), T(0x75fb8e8e), T(0x90d84848), T(0x92db4949),
	T(0x9ed14f4f), T(0xbae75d5d), T(0xd4be6a6a), T(0xf0887878),
	T(0xe0907070), T(0x79f18888), T(0xb951e8e8), T(0xbee15f5f),
	T(0xbce25e5e), T(0x61e58484), T(0xcaaf6565), T(0xad4fe2e2),
	T(0xd901d8d8), T(0xbb52e9e9), T(0xf13dcccc), T(0xb35eeded),
	T(0x80c04040), T(0x5e712f2f), T(0x22331111), T(0x50782828),
	T(0xaef95757), T(0xcd1fd2d2), T(0x319dacac), T(0xaf4ce3e3),
	T(0x94de4a4a), T(0x2a3f1515), T(0x362d1b1b), T(0x1ba2b9b9),
	T(0x0dbfb2b2), T(0x69e98080), T(0x63e68585), T(0x2583a6a6),
	T(0x5c722e2e), T(0x04060202), T(0x8ec94747), T(0x527b2929),
	T(0x0e090707), T(0x96dd4b4b), T(0x1c120e0e), T(0xeb2ac1c1),
	T(0xa2f35151), T(0x3d97aaaa), T(0x7bf28989), T(0xc115d4d4),
	T(0xfd37caca), T(0x02030101), T(0x8cca4646), T(0x0fbcb3b3),
	T(0xb758efef), T(0xd30edddd), T(0x88cc4444), T(0xf68d7b7b),
	T(0xed2fc2c2), T(0xfe817f7f), T(0x15abbebe), T(0xef2cc3c3),
	T(0x57c89f9f), T(0x40602020), T(0x98d44c4c), T(0xc8ac6464),
	T(0x6fec8383), T(0x2d8fa2a2), T(0xd0b86868), T(0x84c64242),
	T(0x26351313), T(0x01b5b4b4), T(0x82c34141), T(0xf33ecdcd),
	T(0x1da7baba), T(0xe523c6c6), T(0x1fa4bbbb), T(0xdab76d6d),
	T(0x9ad74d4d), T(0xe2937171), T(0x42632121), T(0x8175f4f4),
	T(0x73fe8d8d), T(0x09b9b0b0), T(0xa346e5e5), T(0x4fdc9393),
	T(0x956bfefe), T(0x77f88f8f), T(0xa543e6e6), T(0xf738cfcf),
	T(0x86c54343), T(0x8acf4545), T(0x62533131), T(0x44662222),
	T(0x6e593737), T(0x6c5a3636), T(0x45d39696), T(0x9d67fafa),
	T(0x11adbcbc), T(0x1e110f0f), T(0x10180808), T(0xa4f65252),
	T(0x3a271d1d), T(0xaaff5555), T(0x342e1a1a), T(0xe326c5c5),
	T(0x9cd24e4e), T(0x46652323), T(0xd2bb6969), T(0xf48e7a7a),
	T(0x4ddf9292), T(0x9768ffff), T(0xb6ed5b5b), T(0xb4ee5a5a),
	T(0xbf54ebeb), T(0x5dc79a9a), T(0x38241c1c), T(0x3b92a9a9),
	T(0xcb1ad1d1), T(0xfc827e7e), T(0x1a170d0d), T(0x916dfcfc),
	T(0xa0f05050), T(0x7df78a8a), T(0x05b3b6b6), T(0xc4a66262),
	T(0x8376f5f5), T(0x141e0a0a), T(0x9961f8f8), T(0xd10ddcdc),
	T(0x06050303), T(0x78443c3c), T(0x18140c0c), T(0x724b3939),
	T(0x8b7af1f1), T(0x19a1b8b8), T(0x8f7cf3f3), T(0x7a473d3d),
	T(0x8d7ff2f2), T(0xc316d5d5), T(0x47d09797), T(0xccaa6666),
	T(0x6bea8181), T(0x64563232), T(0x2989a0a0), T(0x00000000),
	T(0x0c0a0606), T(0xf53bcece), T(0x8573f6f6), T(0xbd57eaea),
	T(0x07b0b7b7), T(0x2e391717), T(0x8770f7f7), T(0x71fd8c8c),
	T(0xf28b7979), T(0xc513d6d6), T(0x2780a7a7), T(0x17a8bfbf),
	T(0x7ff48b8b), T(0x7e413f3f), T(0x3e211f1f), T(0xa6f55353),
	T(0xc6a56363), T(0xea9f7575), T(0x6a5f3535), T(0x58742c2c),
	T(0xc0a06060), T(0x936efdfd), T(0x4e692727), T(0xcf1cd3d3),
	T(0x41d59494), T(0x2386a5a5), T(0xf8847c7c), T(0x2b8aa1a1),
	T(0x0a0f0505), T(0xb0e85858), T(0x5a772d2d), T(0x13aebdbd),
	T(0xdb02d9d9), T(0xe720c7c7), T(0x3798afaf), T(0xd6bd6b6b),
	T(0xa8fc5454), T(0x161d0b0b), T(0xa949e0e0), T(0x70483838),
	T(0x080c0404), T(0xf931c8c8), T(0x53ce9d9d), T(0xa740e7e7),
	T(0x283c1414), T(0x0bbab1b1), T(0x67e08787), T(0x51cd9c9c),
	T(0xd708dfdf), T(0xdeb16f6f), T(0x9b62f9f9), T(0xdd07dada),
	T(0x547e2a2a), T(0xe125c4c4), T(0xb2eb5959), T(0x2c3a1616),
	T(0xe89c7474), T(0x4bda9191), T(0x3f94abab), T(0x4c6a2626),
	T(0xc2a36161), T(0xec9a7676), T(0x685c3434), T(0x567d2b2b),
	T(0x339eadad), T(0x5bc29999), T(0x9f64fbfb), T(0xe4967272),
	T(0xb15decec), T(0x66553333), T(0x24361212), T(0xd50bdede),
	T(0x59c19898), T(0x764d3b3b), T(0xe929c0c0), T(0x5fc49b9b),
	T(0x7c423e3e), T(0x30281818), T(0x20301010), T(0x744e3a3a),
	T(0xacfa5656), T(0xab4ae1e1), T(0xee997777), T(0xfb32c9c9),
	T(0x3c221e1e), T(0x55cb9e9e), T(0x43d69595), T(0x2f8ca3a3),
	T(0x49d99090), T(0x322b1919), T(0x3991a8a8), T(0xd8b46c6c),
	T(0x121b0909), T(0xc919d0d0), T(0x8979f0f0), T(0x65e38686),};

#undef T

/* MULalpha: powers 23, 245, 48, 239 of X by 0x1a9 (Document 2, 3.4.2) */
static const u32 snow3g_mul[256] = {
	0x00000000, 0xe19fcf13, 0x6b973726, 0x8a08f835, 0xd6876e4c, 0x3718a15f,
	0xbd10596a, 0x5c8f9679, 0x05a7dc98, 0xe438138b, 0x6e30ebbe, 0x8faf24ad,
	0xd320b2d4, 0x32bf7dc7, 0xb8b785f2, 0x59284ae1, 0x0ae71199, 0xeb78de8a,
	0x617026bf, 0x80efe9ac, 0xdc607fd5, 0x3dffb0c6, 0xb7f748f3, 0x566887e0,
	0x0f40cd01, 0xeedf0212, 0x64d7fa27, 0x85483534, 0xd9c7a34d, 0x38586c5e,
	0xb250946b, 0x53cf5b78, 0x1467229b, 0xf5f8ed88, 0x7ff015bd, 0x9e6fdaae,
	0xc2e04cd7, 0x237f83c4, 0xa9777bf1, 0x48e8b4e2, 0x11c0fe03, 0xf05f3110,
	0x7a57c925, 0x9bc80636, 0xc747904f, 0x26d85f5c, 0xacd0a769, 0x4d4f687a,
	0x1e803302, 0xff1ffc11, 0x75170424, 0x9488cb37, 0xc8075d4e, 0x2998925d,
	0xa3906a68, 0x420fa57b, 0x1b27ef9a, 0xfab82089, 0x70b0d8bc, 0x912f17af,
	0xcda081d6, 0x2c3f4ec5, 0xa637b6f0, 0x47a879e3, 0x28ce449f, 0xc9518b8c,
	0x435973b9, 0xa2c6bcaa, 0xfe492ad3, 0x1fd6e5c0, 0x95de1df5, 0x7441d2e6,
	0x2d699807, 0xccf65714, 0x46feaf21, 0xa7616032, 0xfbeef64b, 0x1a713958,
	0x9079c16d, 0x71e60e7e, 0x22295506, 0xc3b69a15, 0x49be6220, 0xa821ad33,
	0xf4ae3b4a, 0x1531f459, 0x9f390c6c, 0x7ea6c37f, 0x278e899e, 0xc611468d,
	0x4c19beb8, 0xad8671ab, 0xf109e7d2, 0x109628c1, 0x9a9ed0f4, 0x7b011fe7,
	0x3ca96604, 0xdd36a917, 0x573e5122, 0xb6a19e31, 0xea2e0848, 0x0bb1c75b,
	0x81b93f6e, 0x6026f07d, 0x390eba9c, 0xd891758f, 0x52998dba, 0xb30642a9,
	0xef89d4d0, 0x0e161bc3, 0x841ee3f6, 0x65812ce5, 0x364e779d, 0xd7d1b88e,
	0x5dd940bb, 0xbc468fa8, 0xe0c919d1, 0x0156d6c2, 0x8b5e2ef7, 0x6ac1e1e4,
	0x33e9ab05, 0xd2766416, 0x587e9c23, 0xb9e15330, 0xe56ec549, 0x04f10a5a,
	0x8ef9f26f, 0x6f663d7c, 0x50358897, 0xb1aa4784, 0x3ba2bfb1, 0xda3d70a2,
	0x86b2e6db, 0x672d29c8, 0xed25d1fd, 0x0cba1eee, 0x5592540f, 0xb40d9b1c,
	0x3e056329, 0xdf9aac3a, 0x83153a43, 0x628af550, 0xe8820d65, 0x091dc276,
	0x5ad2990e, 0xbb4d561d, 0x3145ae28, 0xd0da613b, 0x8c55f742, 0x6dca3851,
	0xe7c2c064, 0x065d0f77, 0x5f754596, 0xbeea8a85, 0x34e272b0, 0xd57dbda3,
	0x89f22bda, 0x686de4c9, 0xe2651cfc, 0x03fad3ef, 0x4452aa0c, 0xa5cd651f,
	0x2fc59d2a, 0xce5a5239, 0x92d5c440, 0x734a0b53, 0xf942f366, 0x18dd3c75,
	0x41f57694, 0xa06ab987, 0x2a6241b2, 0xcbfd8ea1, 0x977218d8, 0x76edd7cb,
	0xfce52ffe, 0x1d7ae0ed, 0x4eb5bb95, 0xaf2a7486, 0x25228cb3, 0xc4bd43a0,
	0x9832d5d9, 0x79ad1aca, 0xf3a5e2ff, 0x123a2dec, 0x4b12670d, 0xaa8da81e,
	0x2085502b, 0xc11a9f38, 0x9d950941, 0x7c0ac652, 0xf6023e67, 0x179df174,
	0x78fbcc08, 0x9964031b, 0x136cfb2e, 0xf2f3343d, 0xae7ca244, 0x4fe36d57,
	0xc5eb9562, 0x24745a71, 0x7d5c1090, 0x9cc3df83, 0x16cb27b6, 0xf754e8a5,
	0xabdb7edc, 0x4a44b1cf, 0xc04c49fa, 0x21d386e9, 0x721cdd91, 0x93831282,
	0x198beab7, 0xf81425a4, 0xa49bb3dd, 0x45047cce, 0xcf0c84fb, 0x2e934be8,
	0x77bb0109, 0x9624ce1a, 0x1c2c362f, 0xfdb3f93c, 0xa13c6f45, 0x40a3a056,
	0xcaab5863, 0x2b349770, 0x6c9cee93, 0x8d032180, 0x070bd9b5, 0xe69416a6,
	0xba1b80df, 0x5b844fcc, 0xd18cb7f9, 0x301378ea, 0x693b320b, 0x88a4fd18,
	0x02ac052d, 0xe333ca3e, 0xbfbc5c47, 0x5e239354, 0xd42b6b61, 0x35b4a472,
	0x667bff0a, 0x87e43019, 0x0decc82c, 0xec73073f, 0xb0fc9146, 0x51635e55,
	0xdb6ba660, 0x3af46973, 0x63dc2392, 0x8243ec81, 0x084b14b4, 0xe9d4dba7,
	0xb55b4dde, 0x54c482cd, 0xdecc7af8, 0x3f53b5eb,};

/* DIValpha: powers 16, 39, 6, 64 of X by 0x1a9 (Document 2, 3.4.3) */
static const u32 snow3g_div[256] = {
	0x00000000, 0x180f40cd, 0x301e8033, 0x2811c0fe, 0x603ca966, 0x7833e9ab,
	0x50222955, 0x482d6998, 0xc078fbcc, 0xd877bb01, 0xf0667bff, 0xe8693b32,
	0xa04452aa, 0xb84b1267, 0x905ad299, 0x88559254, 0x29f05f31, 0x31ff1ffc,
	0x19eedf02, 0x01e19fcf, 0x49ccf657, 0x51c3b69a, 0x79d27664, 0x61dd36a9,
	0xe988a4fd, 0xf187e430, 0xd99624ce, 0xc1996403, 0x89b40d9b, 0x91bb4d56,
	0xb9aa8da8, 0xa1a5cd65, 0x5249be62, 0x4a46feaf, 0x62573e51, 0x7a587e9c,
	0x32751704, 0x2a7a57c9, 0x026b9737, 0x1a64d7fa, 0x923145ae, 0x8a3e0563,
	0xa22fc59d, 0xba208550, 0xf20decc8, 0xea02ac05, 0xc2136cfb, 0xda1c2c36,
	0x7bb9e153, 0x63b6a19e, 0x4ba76160, 0x53a821ad, 0x1b854835, 0x038a08f8,
	0x2b9bc806, 0x339488cb, 0xbbc11a9f, 0xa3ce5a52, 0x8bdf9aac, 0x93d0da61,
	0xdbfdb3f9, 0xc3f2f334, 0xebe333ca, 0xf3ec7307, 0xa492d5c4, 0xbc9d9509,
	0x948c55f7, 0x8c83153a, 0xc4ae7ca2, 0xdca13c6f, 0xf4b0fc91, 0xecbfbc5c,
	0x64ea2e08, 0x7ce56ec5, 0x54f4ae3b, 0x4cfbeef6, 0x04d6876e, 0x1cd9c7a3,
	0x34c8075d, 0x2cc74790, 0x8d628af5, 0x956dca38, 0xbd7c0ac6, 0xa5734a0b,
	0xed5e2393, 0xf551635e, 0xdd40a3a0, 0xc54fe36d, 0x4d1a7139, 0x551531f4,
	0x7d04f10a, 0x650bb1c7, 0x2d26d85f, 0x35299892, 0x1d38586c, 0x053718a1,
	0xf6db6ba6, 0xeed42b6b, 0xc6c5eb95, 0xdecaab58, 0x96e7c2c0, 0x8ee8820d,
	0xa6f942f3, 0xbef6023e, 0x36a3906a, 0x2eacd0a7, 0x06bd1059, 0x1eb25094,
	0x569f390c, 0x4e9079c1, 0x6681b93f, 0x7e8ef9f2, 0xdf2b3497, 0xc724745a,
	0xef35b4a4, 0xf73af469, 0xbf179df1, 0xa718dd3c, 0x8f091dc2, 0x97065d0f,
	0x1f53cf5b, 0x075c8f96, 0x2f4d4f68, 0x37420fa5, 0x7f6f663d, 0x676026f0,
	0x4f71e60e, 0x577ea6c3, 0xe18d0321, 0xf98243ec, 0xd1938312, 0xc99cc3df,
	0x81b1aa47, 0x99beea8a, 0xb1af2a74, 0xa9a06ab9, 0x21f5f8ed, 0x39fab820,
	0x11eb78de, 0x09e43813, 0x41c9518b, 0x59c61146, 0x71d7d1b8, 0x69d89175,
	0xc87d5c10, 0xd0721cdd, 0xf863dc23, 0xe06c9cee, 0xa841f576, 0xb04eb5bb,
	0x985f7545, 0x80503588, 0x0805a7dc, 0x100ae711, 0x381b27ef, 0x20146722,
	0x68390eba, 0x70364e77, 0x58278e89, 0x4028ce44, 0xb3c4bd43, 0xabcbfd8e,
	0x83da3d70, 0x9bd57dbd, 0xd3f81425, 0xcbf754e8, 0xe3e69416, 0xfbe9d4db,
	0x73bc468f, 0x6bb30642, 0x43a2c6bc, 0x5bad8671, 0x1380efe9, 0x0b8faf24,
	0x239e6fda, 0x3b912f17, 0x9a34e272, 0x823ba2bf, 0xaa2a6241, 0xb225228c,
	0xfa084b14, 0xe2070bd9, 0xca16cb27, 0xd2198bea, 0x5a4c19be, 0x42435973,
	0x6a52998d, 0x725dd940, 0x3a70b0d8, 0x227ff015, 0x0a6e30eb, 0x12617026,
	0x451fd6e5, 0x5d109628, 0x750156d6, 0x6d0e161b, 0x25237f83, 0x3d2c3f4e,
	0x153dffb0, 0x0d32bf7d, 0x85672d29, 0x9d686de4, 0xb579ad1a, 0xad76edd7,
	0xe55b844f, 0xfd54c482, 0xd545047c, 0xcd4a44b1, 0x6cef89d4, 0x74e0c919,
	0x5cf109e7, 0x44fe492a, 0x0cd320b2, 0x14dc607f, 0x3ccda081, 0x24c2e04c,
	0xac977218, 0xb49832d5, 0x9c89f22b, 0x8486b2e6, 0xccabdb7e, 0xd4a49bb3,
	0xfcb55b4d, 0xe4ba1b80, 0x17566887, 0x0f59284a, 0x2748e8b4, 0x3f47a879,
	0x776ac1e1, 0x6f65812c, 0x477441d2, 0x5f7b011f, 0xd72e934b, 0xcf21d386,
	0xe7301378, 0xff3f53b5, 0xb7123a2d, 0xaf1d7ae0, 0x870cba1e, 0x9f03fad3,
	0x3ea637b6, 0x26a9777b, 0x0eb8b785, 0x16b7f748, 0x5e9a9ed0, 0x4695de1d,
	0x6e841ee3, 0x768b5e2e, 0xfedecc7a, 0xe6d18cb7, 0xcec04c49, 0xd6cf0c84,
	0x9ee2651c, 0x86ed25d1, 0xaefce52f, 0xb6f3a5e2,};

static inline u32 snow3g_sub(const u64 *box, u32 w)
{
	unsigned long high = stream_high(w), low = w;

	return stream_lookup(&box[high >> 8 & 0xff], 0) ^
	       stream_lookup(&box[high & 0xff], 1) ^
	       stream_lookup(&box[low >> 8 & 0xff], 2) ^
	       stream_lookup(&box[low & 0xff], 3);
}

/*
 * 16 clocks (Document 2, 3.4.4 to 3.4.6 and 4). In clock i the stage S0 is
 * s[i], and the new S15 takes its place. When initialising, F goes into the
 * feedback and nothing comes out.
 */
static __always_inline void snow3g_clock16(struct snow3g_state *st, bool init)
{
	u32 r1 = st->R1, r2 = st->R2, r3 = st->R3;
	u32 s15 = st->s[SNOW3G_LFSR - 1];
	u32 *s = st->s;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < SNOW3G_LFSR; i++) {
		u32 f = (s15 + r1) ^ r2;
		u32 r = r2 + (r3 ^ s[(i + 5) % SNOW3G_LFSR]);
		u32 s11 = s[(i + 11) % SNOW3G_LFSR];
		u32 s0 = s[i];

		r3 = snow3g_sub(snow3g_s2, r2);
		r2 = snow3g_sub(snow3g_s1, r1);
		r1 = r;

		s15 = s0 << 8 ^ snow3g_mul[s0 >> 24] ^
		      s[(i + 2) % SNOW3G_LFSR] ^
		      s11 >> 8 ^ snow3g_div[s11 & 0xff];
		if (init)
			s15 ^= f;
		else
			put_unaligned_be32(f ^ s0, st->ks + 4 * i);
		s[i] = s15;
		barrier();	/* a load is less than a spill */
	}
	st->R1 = r1;
	st->R2 = r2;
	st->R3 = r3;
}

static noinline void snow3g_block(struct snow3g_state *st)
{
	snow3g_clock16(st, false);
	st->used = 0;
}

/**
 * snow3g_init - start a key stream
 * @st: the state to fill in
 * @key: K3, K2, K1, K0 of the specification, big-endian words in this order
 * @iv: IV3, IV2, IV1, IV0 likewise
 */
void snow3g_init(struct snow3g_state *st, const u8 key[SNOW3G_KEY_LEN],
		 const u8 iv[SNOW3G_IV_LEN])
{
	unsigned int i;

	/* Document 2, 4.1 */
	for (i = 0; i < 4; i++) {
		u32 k = get_unaligned_be32(key + 12 - 4 * i);

		st->s[i] = k ^ ONES;
		st->s[i + 4] = k;
		st->s[i + 8] = k ^ ONES;
		st->s[i + 12] = k;
	}
	st->s[15] ^= get_unaligned_be32(iv + 12);
	st->s[12] ^= get_unaligned_be32(iv + 8);
	st->s[10] ^= get_unaligned_be32(iv + 4);
	st->s[9] ^= get_unaligned_be32(iv);
	st->R1 = 0;
	st->R2 = 0;
	st->R3 = 0;

	for (i = 0; i < INIT_CLOCKS; i += SNOW3G_LFSR)
		snow3g_clock16(st, true);

	/* What the first clock puts out is not used (Document 2, 4.2). */
	snow3g_block(st);
	st->used = sizeof(u32);
}

/**
 * snow3g_xor - encipher or decipher the next octets
 * @st: the key stream
 * @dst: destination, may be @src
 * @src: data
 * @len: octets, any number: the next call goes on behind them
 */
void snow3g_xor(struct snow3g_state *st, u8 *dst, const u8 *src, size_t len)
{
	while (len) {
		size_t n;

		if (st->used == STREAM_BLOCK)
			snow3g_block(st);
		n = STREAM_BLOCK - st->used;
		if (n > len)
			n = len;
		stream_xor(dst, src, st->ks + st->used, n);
		st->used += n;
		dst += n;
		src += n;
		len -= n;
	}
}

/**
 * snow3g_crypt - encipher or decipher one message
 * @key: the key
 * @iv: IV3, IV2, IV1, IV0
 * @dst: destination, may be @src
 * @src: data
 * @len: octets
 */
void snow3g_crypt(const u8 key[SNOW3G_KEY_LEN], const u8 iv[SNOW3G_IV_LEN],
		  u8 *dst, const u8 *src, size_t len)
{
	struct snow3g_state st;

	snow3g_init(&st, key, iv);
	snow3g_xor(&st, dst, src, len);
	memzero_explicit(&st, sizeof(st));
}

/* GF(2^64) by X^64 + X^4 + X^3 + X + 1 (Document 1, 4.3.2 to 4.3.4) */

static inline u64 gf64_reduce(u64 top)
{
	return top ^ top << 1 ^ top << 3 ^ top << 4;
}

static inline u64 gf64_x1(u64 v)
{
	return v << 1 ^ gf64_reduce(v >> 63);
}

static inline u64 gf64_x4(u64 v)
{
	return v << 4 ^ gf64_reduce(v >> 60);
}

static inline u64 gf64_x8(u64 v)
{
	return v << 8 ^ gf64_reduce(v >> 56);
}

#define NIBBLES			16

/* The products of v and each polynomial of degree 3 or less */
static void gf64_table(u64 table[NIBBLES], u64 v)
{
	unsigned int i;

	table[0] = 0;
	for (i = 1; i < NIBBLES; i <<= 1) {
		table[i] = v;
		v = gf64_x1(v);
	}
	for (i = 3; i < NIBBLES; i++)
		table[i] = table[i & (i - 1)] ^ table[i & -i];
}

/*
 * v times that of which the tables are, one for each octet of v: the low
 * nibbles, and the high ones times X^4.
 */
static u64 gf64_mul_tables(u64 table[sizeof(u64)][NIBBLES], u64 v)
{
	u64 low = v & 0x0f0f0f0f0f0f0f0fULL, high = v >> 4 & 0x0f0f0f0f0f0f0f0fULL;
	u64 sum_low = 0, sum_high = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < sizeof(u64); i++) {
		sum_low ^= table[i][low & 0xff];
		sum_high ^= table[i][high & 0xff];
		low >>= 8;
		high >>= 8;
	}
	return sum_low ^ gf64_x4(sum_high);
}

/* The same for one product: v nibble by nibble from above */
static u64 gf64_mul(u64 table[NIBBLES], u64 v)
{
	u64 product = 0;
	int i;

	for (i = 60; i >= 0; i -= 4)
		product = gf64_x4(product) ^ table[v >> i & 0xf];
	return product;
}

/**
 * snow3g_eia1_pieces - 128-EIA1 of a message in several pieces
 * @key: integrity key
 * @count: COUNT
 * @fresh: FRESH; for 128-EIA1 BEARER << 27 (TS 33.401 B.2.2)
 * @direction: DIRECTION, 0 or 1
 * @pieces: where the octets of the message are
 * @n: pieces
 * @bits: length of the message; what the pieces have beyond it is not used
 * @mac: MAC-I
 *
 * Document 1, 4.
 */
void snow3g_eia1_pieces(const u8 key[SNOW3G_KEY_LEN], u32 count, u32 fresh,
			u8 direction, const struct prose_piece *pieces,
			unsigned int n, u64 bits, u8 mac[SNOW3G_MAC_LEN])
{
	struct stream_message msg = { .piece = pieces, .n = n, .bits = bits };
	struct {
		u64 p[sizeof(u64)][NIBBLES];	/* P, P.X^8, P.X^16 ... */
		struct snow3g_state st;
		u8 iv[SNOW3G_IV_LEN];
	} work;
	u64 eval = 0, v, words;
	const u8 *z, *p;
	unsigned int i;

	put_unaligned_be32(count, work.iv);
	put_unaligned_be32(fresh, work.iv + 4);
	put_unaligned_be32(count ^ (u32)direction << 31, work.iv + 8);
	put_unaligned_be32(fresh ^ (u32)direction << 15, work.iv + 12);
	snow3g_init(&work.st, key, work.iv);
	z = work.st.ks + work.st.used;		/* z1 to z5: P, Q, OTP */

	v = get_unaligned_be64(z);
	for (i = 0; i < sizeof(u64); i++) {
		gf64_table(work.p[i], v);
		v = gf64_x8(v);
	}
	while (msg.bits) {
		p = stream_message_run(&msg, sizeof(u64), msg.bits, &words);
		for (; words; words--) {
			eval = gf64_mul_tables(work.p,
					       eval ^ get_unaligned_be64(p));
			p += sizeof(u64);
		}
		/* One that lies in several pieces, or ends within */
		if (msg.bits)
			eval = gf64_mul_tables(work.p, eval ^
				stream_message_next(&msg, sizeof(u64)));
	}
	gf64_table(work.p[0], get_unaligned_be64(z + 8));
	eval = gf64_mul(work.p[0], eval ^ bits);
	put_unaligned_be32(eval >> 32 ^ get_unaligned_be32(z + 16), mac);
	memzero_explicit(&work, sizeof(work));
}

/**
 * snow3g_eia1 - 128-EIA1
 * @key: integrity key
 * @count: COUNT
 * @fresh: FRESH; for 128-EIA1 BEARER << 27 (TS 33.401 B.2.2)
 * @direction: DIRECTION, 0 or 1
 * @data: the message
 * @bits: its length
 * @mac: MAC-I
 */
void snow3g_eia1(const u8 key[SNOW3G_KEY_LEN], u32 count, u32 fresh,
		 u8 direction, const u8 *data, u64 bits,
		 u8 mac[SNOW3G_MAC_LEN])
{
	struct prose_piece piece = { .data = data, .len = (bits + 7) / 8 };

	snow3g_eia1_pieces(key, count, fresh, direction, &piece, 1, bits, mac);
}
