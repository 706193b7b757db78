/* SPDX-License-Identifier: BSD-2-Clause */

/* one mistake at a time: what is said about it, how bad it is, and in which line */

#include "config-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define E KASPER_FINDING_ERROR
#define W KASPER_FINDING_WARNING
#define I KASPER_FINDING_INFO

#define CONF "conf.xml"
#define KASP "kasp.xml"
#define ZONE "zonelist.xml"

typedef struct {
	const gchar *name;
	const gchar *set;  /* the files, which are good */
	const gchar *file; /* in which @what becomes @with */
	const gchar *what;
	const gchar *with;
	const gchar *mark; /* stands in the line that is named; NULL: the file as a whole */
	KasperFindingLevel level;
	const gchar *text;
} Mistake;

/* clang-format off */
static const Mistake mistakes[] = {
	/* the form of conf.xml */
	{"form/root", "2.1", CONF, "<Configuration>", "<Konfiguration>", "</Configuration>", E, "is not well-formed XML"},
	{"form/other-file", "2.1", CONF, "<PolicyFile>@/kasp.xml", "<PolicyFile>@/conf.xml", "<Configuration>", E, "the first element is <Configuration>, not <KASP>"},
	{"form/unknown", "2.1", CONF, "<SkipPublicKey/>", "<SkipKeys/>", "<SkipKeys/>", E, "<SkipKeys> is not known in <Repository>; remove it (<Module>, <TokenLabel>, "},
	{"form/case", "2.1", CONF, "<SkipPublicKey/>", "<SkipPublickey/>", "<SkipPublickey/>", E, "<SkipPublickey> is not known in <Repository>; write <SkipPublicKey>"},
	{"form/own-without-namespace", "2.1", CONF, "<SkipPublicKey/>", "<Plugin/>", "<Plugin/>", E, "<Plugin> is one of Kasper's own elements: write <p:Plugin>, and xmlns:p=\"urn:kasper:plugin:1\""},
	{"form/own-with-other-namespace", "2.1", CONF, "<SkipPublicKey/>", "<Plugin xmlns='urn:other'/>", "<Plugin xmlns", E, "<Plugin> is one of Kasper's own elements"},
	{"form/missing", "2.1", CONF, "<TokenLabel>OpenDNSSEC</TokenLabel>", "", "<Repository name", E, "<Repository> lacks <TokenLabel>; add it"},
	{"form/missing-attribute", "2.1", CONF, " name=\"SoftHSM\"", "", "<Repository>", E, "<Repository> lacks the attribute name; add it"},
	{"form/unknown-attribute", "2.1", CONF, " name=\"SoftHSM\"", " name=\"SoftHSM\" id=\"1\"", "id=", E, "the attribute id is not known in <Repository>; remove it"},
	{"form/empty-name", "2.1", CONF, " name=\"SoftHSM\"", " name=\" \"", "name=\" \"", E, "the attribute name of <Repository> is ''; write a name"},
	{"form/twice", "2.1", CONF, "<SkipPublicKey/>", "<SkipPublicKey/>\n\n<SkipPublicKey/>", "</TokenLabel>-2", E, "<Repository> has <SkipPublicKey> more than once; remove one"},
	{"form/text", "2.1", CONF, "<SkipPublicKey/>", "<SkipPublicKey>yes</SkipPublicKey>", "<SkipPublicKey>", E, "<SkipPublicKey> has text where none can stand; remove it"},
	{"form/stray-text", "2.1", CONF, "<SkipPublicKey/>", "oops", "<Repository name", E, "<Repository> has text where none can stand"},
	{"form/number", "1.4", CONF, "<Capacity>1000<", "<Capacity>many<", "many", E, "<Capacity> is 'many'; write a number above 0"},
	{"form/zero", "1.4", CONF, "<Capacity>1000<", "<Capacity>0<", "<Capacity>", E, "<Capacity> is '0'; write a number above 0"},
	{"form/number-too-large", "1.4", CONF, "<Capacity>1000<", "<Capacity>99999999999999999999<", "<Capacity>", E, "write a number above 0"},
	{"form/port", "1.4", CONF, "<Port>5353<", "<Port>65536<", "65536", E, "<Port> is '65536'; write a port, 1 to 65535"},
	{"form/facility", "2.1", CONF, "<Facility>daemon<", "<Facility>local8<", "local8", E, "<Facility> is 'local8'; write kern, user, "},
	{"form/span", "1.4", CONF, "PT3600S</Interval>", "1h</Interval>", "<Interval>", E, "<Interval> is '1h'; write a duration such as P14D, PT2H or PT3600S"},
	{"form/span-negative", "1.4", CONF, "PT3600S</Interval>", "-PT1H</Interval>", "<Interval>", E, "<Interval> is '-PT1H'; write a duration"},
	{"form/span-nothing", "1.4", CONF, "PT3600S</Interval>", "P</Interval>", "<Interval>", E, "<Interval> is 'P', which is no duration"},
	{"form/span-too-long", "1.4", CONF, "PT3600S</Interval>", "P1000001Y</Interval>", "<Interval>", E, "which is no duration of at most a thousand years"},
	{"form/empty", "2.1", CONF, "@/enforcer.sock", " ", "<SocketFile>", E, "<SocketFile> is empty; write a path"},
	{"form/no-datastore", "1.4", CONF, "<MySQL>", "<PostgreSQL/><MySQL>", "<PostgreSQL/>", E, "<PostgreSQL> is not known in <Datastore>; remove it (<SQLite> and <MySQL> can stand there)"},
	{"form/kind", "kasper", CONF, "kind=\"probe\"", "kind=\"prober\"", "prober", E, "the attribute kind of <Plugin> is 'prober'; write signer, ds-channel, backup-guard, notifier or probe"},
	{"form/boolean", "kasper", CONF, "critical=\"true\"", "critical=\"yes\"", "\"yes\"", E, "the attribute critical of <Plugin> is 'yes'; write true or false"},
	{"form/deadline", "kasper", CONF, "deadline=\"PT30S\"", "deadline=\"P\"", "deadline=\"P\"", E, "the attribute deadline of <Plugin> is no duration"},
	{"form/setting-twice", "kasper", CONF, "\"session-limit\"", "\"pin-source\"", ">4<", E, "the setting pin-source is there twice; remove one"},

	/* what conf.xml means */
	{"conf/two-repositories", "1.4", CONF, "name=\"other\"", "name=\"SoftHSM\"", ">other token<-2", E, "two repositories have the name SoftHSM, the first in line 5; rename one"},
	{"conf/same-token", "1.4", CONF, "other token", "OpenDNSSEC", "name=\"other\"", E, "repositories SoftHSM and other have the same <Module> and the same <TokenLabel>"},
	{"conf/module", "2.1", CONF, "@/libsofthsm.so", "/nonexistent/lib.so", "/nonexistent/lib.so", E, "the PKCS#11 library /nonexistent/lib.so does not exist; install it, or correct the path"},
	{"conf/module-relative", "2.1", CONF, "@/libsofthsm.so", "libsofthsm.so", "libsofthsm.so", E, "write the path of the PKCS#11 library in full"},
	{"conf/token-label", "2.1", CONF, "OpenDNSSEC</", "a label of more than 32 characters</", "more than 32", E, "the label of a token has at most 32 octets"},
	{"conf/no-pin", "2.1", CONF, "<PIN>1234</PIN>", "", "<Repository name", W, "repository SoftHSM has neither a <PIN> nor the setting pin-source"},
	{"conf/require-backup", "2.1", CONF, "<SkipPublicKey/>", "<RequireBackup/>", "<RequireBackup/>", I, "wait until somebody says 'kasper backup prepare'"},
	{"conf/guard-without-backup", "kasper", CONF, "<RequireBackup/>", "", "<p:BackupGuard>", W, "<BackupGuard> has no effect without <RequireBackup/>"},
	{"conf/guard-unknown", "kasper", CONF, ">second-token<", ">third-token<", "third-token", E, "plugin third-token is not in this file; correct the name"},
	{"conf/guard-kind", "kasper", CONF, ">second-token<", ">eyes<", ">eyes<", E, "plugin eyes is of kind probe; name one of kind backup-guard"},
	{"conf/two-plugins", "kasper", CONF, "name=\"eyes\"", "name=\"ds\"", "probe-dns", E, "the name of plugin ds is taken by line"},
	{"conf/plugin-like-repository", "kasper", CONF, "name=\"eyes\"", "name=\"main\"", "probe-dns", E, "the name of plugin main is taken by line 4"},
	{"conf/two-signers", "kasper", CONF, "name=\"eyes\" module=\"probe-dns\" kind=\"probe\"", "name=\"s2\" module=\"signer-knot\" kind=\"signer\"", "signer-knot", W, "plugin s2 is not used: there is one signer, and that is signer of line"},
	{"conf/unused-command", "2.1", CONF, "</Configuration>", "<p:Plugin xmlns:p=\"urn:kasper:plugin:1\" name=\"r\" module=\"ds-registrar\" kind=\"ds-channel\"/></Configuration>", "SubmitCommand>", W, "this command is not used: DS records go through plugin r of line"},
	{"conf/only-retract", "2.1", CONF, "<DelegationSignerSubmitCommand>@/submit</DelegationSignerSubmitCommand>", "", "RetractCommand>", W, "there is a command that withdraws DS records and none that submits them"},
	{"conf/user", "2.1", CONF, "<User>root</User>\n\t\t</Privileges>\n\t</Enforcer>", "<User>no-such-user</User>\n\t\t</Privileges>\n\t</Enforcer>", "no-such-user", E, "there is no user no-such-user; create it, or correct the name"},
	{"conf/user-of-two-lines", "2.1", CONF, "<User>root</User>\n\t\t</Privileges>\n\t</Enforcer>", "<User>no\n\x7fsuch</User>\n\t\t</Privileges>\n\t</Enforcer>", "<User>no", E, "there is no user no??such; create it"},
	{"conf/group", "2.1", CONF, "<Directory>@</Directory>\n\t\t\t<Group>root<", "<Group>no-such-group<", "no-such-group", E, "there is no group no-such-group"},
	{"conf/signer-user", "2.1", CONF, "<User>root</User>", "<User>no-such-user</User>", "no-such-user", W, "there is no user no-such-user"},
	{"conf/signer-group", "2.1", CONF, "<Group>root</Group>", "<Group>no-such-group</Group>", "no-such-group", W, "there is no group no-such-group"},
	{"conf/folder", "2.1", CONF, "@/enforcer<", "@/nowhere<", "nowhere", E, "/nowhere does not exist; create it, or correct the path"},
	{"conf/folder-is-file", "2.1", CONF, "@/enforcer<", "@/submit<", "<WorkingDirectory>@/submit", E, "/submit is not a folder"},
	{"conf/signer-folder", "2.1", CONF, "@/signer<", "@/nowhere<", "nowhere", W, "/nowhere does not exist"},
	{"conf/same-folder", "2.1", CONF, "@/signer<", "@/enforcer<", "<WorkingDirectory>", E, "the signer has the same <WorkingDirectory> as the enforcer"},
	{"conf/store-folder", "2.1", CONF, "@/kasp.db", "@/nowhere/kasp.db", "<SQLite>", E, "of the database does not exist; create it"},
	{"conf/relative", "2.1", CONF, "@/enforcerd.pid", "run/enforcerd.pid", "<PidFile>", W, "the path run/enforcerd.pid does not begin with /"},
	{"conf/command-missing", "2.1", CONF, "@/submit<", "@/nothing --cka_id<", "/nothing", E, "/nothing does not exist; install it, or correct the path"},
	{"conf/command-not-executable", "2.1", CONF, "@/submit<", "@/conf.xml<", "@/conf.xml<", E, "/conf.xml cannot be run; make it executable"},
	{"conf/command-is-folder", "2.1", CONF, "@/submit<", "@/tmp<", "SubmitCommand>", E, "/tmp cannot be run"},
	{"conf/command-relative", "2.1", CONF, "@/submit<", "submit<", "SubmitCommand>", E, "<DelegationSignerSubmitCommand> begins with submit; there is no shell"},
	{"conf/command-quotes", "2.1", CONF, "@/submit<", "@/submit 'x<", "SubmitCommand>", E, "cannot be split into words"},
	{"conf/command-cka", "2.1", CONF, "@/submit<", "@/submit --cka-id<", "SubmitCommand>", W, "only the word --cka_id at its end asks for the ids"},
	{"conf/retract-missing", "2.1", CONF, "@/retract<", "@/nothing<", "RetractCommand>", E, "/nothing does not exist"},
	{"conf/interval", "1.4", CONF, "PT3600S</Interval>", "PT7200S</Interval>", "<Interval>", I, "<Interval> has no effect"},
	{"conf/mysql", "1.4", CONF, "localhost", "db.example", "<MySQL>", W, "<MySQL> has no effect: Kasper has its own database"},
	{"conf/chroot", "2.1", CONF, "<Directory>@<", "<Directory>/srv<", "<Directory>", W, "<Directory> has no effect: kasperd does not change its root"},
	{"conf/months", "1.4", CONF, "P14D</RolloverNotification>", "P1M</RolloverNotification>", "<RolloverNotification>", W, "<RolloverNotification> is P1M, and a month counts 31 days"},
	{"conf/capacity", "2.1", CONF, "<SkipPublicKey/>", "<Capacity>2</Capacity>", "<Repository name", W, "repository SoftHSM has a <Capacity> of 2 key pairs, and the zones need 3"},
	{"conf/no-kasp", "2.1", CONF, "@/kasp.xml", "@/absent.xml", NULL, E, "cannot be read: No such file or directory; correct the path, or create the file"},
	{"conf/kasp-is-folder", "2.1", CONF, "@/kasp.xml", "@/tmp", NULL, E, "is not a regular file"},

	/* the form of kasp.xml */
	{"kasp/denial-both", "2.1", KASP, "<NSEC3>", "<NSEC/><NSEC3>", "<NSEC/><NSEC3>", E, "<Denial> has <NSEC> or <NSEC3> more than once"},
	{"kasp/denial-none", "2.1", KASP, "<NSEC/>", "", "<Policy name=\"unsigned\">+13", E, "<Denial> lacks <NSEC> or <NSEC3>; add it"},
	{"kasp/serial", "2.1", KASP, ">unixtime<", ">unixtimes<", "unixtimes", E, "<Serial> is 'unixtimes'; write counter, datecounter, unixtime or keep"},
	{"kasp/algorithm-number", "2.1", KASP, ">8</Algorithm>", ">256</Algorithm>", ">256<", E, "<Algorithm> is '256'; write a number, 0 to 255"},
	{"kasp/algorithm-name", "2.1", KASP, ">8</Algorithm>", ">RSASHA256</Algorithm>", "RSASHA256", E, "<Algorithm> is 'RSASHA256'; write a number, 0 to 255"},
	{"kasp/roll-type", "2.1", KASP, "KskDoubleDS", "ZskDoubleRRsig", "<KskRollType>", E, "<KskRollType> is 'ZskDoubleRRsig'; write KskDoubleRRset, KskDoubleDS or KskDoubleSignature"},
	{"kasp/roll-type-of-other-key", "2.1", KASP, "<KskRollType>KskDoubleDS</KskRollType>", "<ZskRollType>ZskDoubleRRsig</ZskRollType>", "<ZskRollType>", E, "<ZskRollType> is not known in <KSK>"},
	{"kasp/holds", "kasper", KASP, "\"switch\"", "\"end\"", "\"end\"", E, "the attribute p:holds of <ManualRollover> is 'end'; write start or switch"},
	{"kasp/digest", "kasper", KASP, "<p:Digest>2<", "<p:Digest>1<", "<p:Digest>1", E, "<Digest> is '1'; write 2 or 4"},
	{"kasp/salt-length", "2.1", KASP, "length=\"0\"", "length=\"256\"", "256\"", E, "the attribute length of <Salt> is '256'; write a number, 0 to 255"},

	/* what kasp.xml means */
	{"kasp/two-policies", "2.1", KASP, "\"unsigned\"", "\"default\"", "<Passthrough/>-1", E, "policy default is there twice, first in line 4; rename or remove one"},
	{"kasp/no-default", "2.1", KASP, "\"default\"", "\"usual\"", NULL, W, "there is no policy with the name default"},
	{"kasp/months", "2.1", KASP, "P21D", "P1M", "<Keyset>", W, "<Keyset> is P1M, and a month counts 31 days; write it in days"},
	{"kasp/years", "2.1", KASP, "P365D", "P1Y", "<Lifetime>P1Y", W, "<Lifetime> is P1Y, and a year counts 365 days"},
	{"kasp/years-and-months", "2.1", KASP, "P365D", "P1Y1M", "<Lifetime>P1Y1M", W, "a year counts 365 days, a month 31"},
	{"kasp/ttl-31-bits", "2.1", KASP, "<TTL>PT3600S</TTL>", "<TTL>PT2147483648S</TTL>", "2147483648", E, "policy default: Keys/TTL is more than 2147483647 seconds"},
	{"kasp/validity-31-bits", "2.1", KASP, "P21D", "P25000D", "P25000D", E, "Signatures/Validity/Keyset is more than 2147483647 seconds"},
	{"kasp/resign-zero", "2.1", KASP, "<Resign>PT2H", "<Resign>PT0S", "<Resign>PT0S", E, "policy default: Resign is 0"},
	{"kasp/refresh-resign", "2.1", KASP, "<Resign>PT2H", "<Resign>P3D", "<Refresh>", E, "Refresh (259200 seconds) is not longer than Resign (259200 seconds)"},
	{"kasp/default-refresh", "2.1", KASP, "<Default>P14D", "<Default>P3D", "<Default>P3D", E, "Validity/Default (259200 seconds) is not longer than Refresh (259200 seconds)"},
	{"kasp/denial-refresh", "2.1", KASP, "<Denial>P14D", "<Denial>P3D", "<Denial>P3D", E, "Validity/Denial (259200 seconds) is not longer than Refresh"},
	{"kasp/keyset-refresh", "2.1", KASP, "P21D", "P3D", "<Keyset>P3D", E, "Validity/Keyset (259200 seconds) is not longer than Refresh"},
	{"kasp/jitter-large", "2.1", KASP, "<Jitter>PT12H", "<Jitter>P8D", "<Jitter>P8D", W, "Jitter (691200 seconds) is more than half of the validity (1209600 seconds)"},
	{"kasp/jitter-default", "2.1", KASP, "<Jitter>PT12H", "<Jitter>P15D", "<Jitter>P15D", E, "Jitter (1296000 seconds) is longer than Validity/Default (1209600 seconds)"},
	{"kasp/jitter-denial", "2.1", KASP, "<Jitter>PT12H", "<Jitter>P15D", "<Jitter>P15D", E, "Jitter (1296000 seconds) is longer than Validity/Denial (1209600 seconds)"},
	{"kasp/inception", "2.1", KASP, "<InceptionOffset>PT3600S", "<InceptionOffset>PT3601S", "PT3601S", W, "InceptionOffset (3601 seconds) is more than an hour"},
	{"kasp/caches", "2.1", KASP, "<MaxZoneTTL>P1D", "<MaxZoneTTL>P3D", "<Refresh>", E, "Refresh is shorter than MaxZoneTTL + Zone/PropagationDelay + Resign (309600 seconds)"},
	{"kasp/caches-keys", "2.1", KASP, "<TTL>PT3600S</TTL>", "<TTL>P3D</TTL>", "<Refresh>", E, "Refresh is shorter than Keys/TTL + Zone/PropagationDelay + Resign (309600 seconds)"},
	{"kasp/caches-unknown-ttl", "1.4", KASP, "<PropagationDelay>PT300S", "<PropagationDelay>PT301S", "<Refresh>PT30M", W, "if the zones have TTLs of up to a day, Refresh is too short"},
	{"kasp/datecounter", "1.4", KASP, "<Resign>PT2H", "<Resign>PT14M", ">datecounter<", E, "a serial number of type datecounter has room for 99 changes a day, and Resign asks for 102"},
	{"kasp/hash", "2.1", KASP, "<Algorithm>1</Algorithm>", "<Algorithm>2</Algorithm>", "<Algorithm>2<", E, "the NSEC3 hash algorithm is 2, and there is only 1"},
	{"kasp/iterations", "2.1", KASP, "<Iterations>0", "<Iterations>101", "<Iterations>101", W, "101 iterations are more than 100"},
	{"kasp/iterations-some", "2.1", KASP, "<Iterations>0", "<Iterations>1<!---->", "<Iterations>1<", I, "1 iterations cost work and hide nothing"},
	{"kasp/iterations-key", "1.4", KASP, "<Iterations>5", "<Iterations>151", "<Iterations>151", W, "with a zone signing key of 1024 bits there should not be more than 150 iterations"},
	{"kasp/salt", "2.1", KASP, "length=\"0\"", "length=\"1\"", "length=\"1\"", I, "a salt hides nothing"},
	{"kasp/resalt", "1.4", KASP, "<Resalt>P100D", "<Resalt>PT1H", "<Resalt>", W, "Resalt (3600 seconds) is shorter than Resign (7200 seconds)"},
	{"kasp/opt-out", "1.4", KASP, "<OptOut/>", "<OptOut />", "<OptOut />", I, "with opt-out names without DNSSEC below the zone can be forged"},
	{"kasp/no-keys", "2.1", KASP, "<Passthrough/>", "", "\"unsigned\">+16", E, "policy unsigned: there is no <KSK>, <ZSK> or <CSK>; add keys, or say <Passthrough/>"},
	{"kasp/keys-of-passthrough", "2.1", KASP, "<Description>", "<Passthrough/><Description>", "<Passthrough/>", I, "the zones are unsigned, whatever keys the policy has"},
	{"kasp/algorithm", "2.1", KASP, ">13</Algorithm>", ">12</Algorithm>", ">12<", E, "Kasper cannot make keys of algorithm 12; use 13"},
	{"kasp/sha1", "2.1", KASP, "<Algorithm length=\"256\">13<", "<Algorithm length=\"2048\">7<", ">7<", W, "RSASHA1-NSEC3-SHA1 rests on SHA-1"},
	{"kasp/nsec3-algorithm", "2.1", KASP, "<Algorithm length=\"256\">13<", "<Algorithm length=\"2048\">5<", ">5<", E, "algorithm 5 cannot be used with NSEC3"},
	{"kasp/rsa-small", "2.1", KASP, "length=\"2048\"", "length=\"1016\"", "1016", E, "an RSA key of 1016 bits cannot be made; write 2048 to 4096"},
	{"kasp/rsa-large", "2.1", KASP, "length=\"2048\"", "length=\"4104\"", "4104", E, "an RSA key of 4104 bits cannot be made"},
	{"kasp/rsa-huge", "2.1", KASP, "length=\"2048\"", "length=\"65536\"", "65536", E, "cannot be made; write 2048 to 4096"},
	{"kasp/rsa-odd", "2.1", KASP, "length=\"2048\"", "length=\"2049\"", "2049", E, "2049 is no size of a key; write a multiple of 8"},
	{"kasp/rsa-weak", "2.1", KASP, "length=\"2048\"", "length=\"1024\"", "1024", W, "an RSA key of 1024 bits is weak"},
	{"kasp/rsa-no-length", "1.4", KASP, "<Algorithm length=\"1024\">", "<Algorithm>", "<Algorithm>8<", I, "the attribute length is not there, so keys have 2048 bits"},
	{"kasp/length-ignored", "2.1", KASP, "length=\"256\"", "length=\"512\"", "512", I, "ECDSAP256SHA256 has keys of 256 bits, whatever the attribute length says"},
	{"kasp/repository", "2.1", KASP, "<Repository>SoftHSM<", "<Repository>absent<", "absent", E, "policy default: repository 'absent' is not in "},
	{"kasp/twins", "2.1", KASP, "</CSK>", "</CSK>\n<CSK><Algorithm>13</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK>", "</CSK>+1", W, "two <CSK> ask for the same: algorithm, length and repository"},
	{"kasp/rfc5011", "1.4", KASP, "</KSK>", "<RFC5011/></KSK>", "<RFC5011/>", W, "rollovers wait for resolvers that follow the DS, and for none that trusts this key by RFC 5011"},
	{"kasp/holds-of-ksk", "1.4", KASP, "<ManualRollover/>", "<ManualRollover xmlns:p=\"urn:kasper:plugin:1\" p:holds=\"switch\"/>", "p:holds", E, "the attribute holds is not known in <ManualRollover>"},
	{"kasp/ksk-alone", "2.1", KASP, "length=\"2048\">8</Algorithm>\n\t\t\t\t<Lifetime>P365D", "length=\"2048\">10</Algorithm>\n\t\t\t\t<Lifetime>P365D", "<Keys>", E, "there is a KSK with algorithm 10 and no ZSK; each algorithm needs both, or a CSK"},
	{"kasp/zsk-alone", "2.1", KASP, "length=\"2048\">8</Algorithm>\n\t\t\t\t<Lifetime>P365D", "length=\"2048\">10</Algorithm>\n\t\t\t\t<Lifetime>P365D", "<Keys>", E, "there is a ZSK with algorithm 8 and no KSK"},
	{"kasp/too-many-keys", "2.1", KASP, "</CSK>", "</CSK><CSK><Algorithm>13</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK><CSK><Algorithm>14</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK><CSK><Algorithm>15</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK><CSK><Algorithm>16</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK><CSK><Algorithm>8</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK><CSK><Algorithm>10</Algorithm><Lifetime>P4W</Lifetime><Repository>SoftHSM</Repository></CSK>", "</CSK>", E, "policy default wants more than 8 keys for a zone"},
	{"kasp/lifetime-ksk", "2.1", KASP, "P365D", "P2D", "<Lifetime>P2D", E, "policy default: a KSK shall live for 172800 seconds, and to replace it can take 398008 (4d 14h)"},
	{"kasp/lifetime-zsk", "2.1", KASP, "P90D", "P7D", "<Lifetime>P7D", E, "a ZSK shall live for 604800 seconds, and to replace it can take"},
	{"kasp/lifetime-unknown-ttl", "1.4", KASP, "<Lifetime>PT4H<", "<Lifetime>PT5H<", "<Lifetime>PT5H", W, "if the zones have TTLs of up to a day, to replace a ZSK can take"},
	{"kasp/zsk-below-validity", "2.1", KASP, "P90D", "P13D", "<Lifetime>P13D", W, "a ZSK lives for 1123200 seconds, less than its signatures (1209600 seconds)"},
	{"kasp/ksk-below-zsk", "2.1", KASP, "P365D", "P80D", "<Lifetime>P80D", W, "the KSK lives for 6912000 seconds, less than the ZSK (7776000 seconds)"},
	{"kasp/publish-thin", "2.1", KASP, "<PublishSafety>PT3600S", "<PublishSafety>PT359S", "PT359S", W, "Keys/PublishSafety (359 seconds) is less than a tenth of Keys/TTL (3600 seconds)"},
	{"kasp/retire-thin", "2.1", KASP, "<RetireSafety>PT3600S", "<RetireSafety>PT0S", "<RetireSafety>PT0S", W, "Keys/RetireSafety (0 seconds) is less than a tenth"},
	{"kasp/publish-long", "2.1", KASP, "<PublishSafety>PT3600S", "<PublishSafety>PT18005S", "PT18005S", W, "Keys/PublishSafety (18005 seconds) is more than five times Keys/TTL"},
	{"kasp/retire-long", "2.1", KASP, "<RetireSafety>PT3600S", "<RetireSafety>P1D", "<RetireSafety>P1D", W, "Keys/RetireSafety (86400 seconds) is more than five times"},
	{"kasp/assumed", "kasper", KASP, ">observed<", ">assumed<", ">assumed<", E, "it must be said how long that takes; add <RegistrationDelay>"},
	{"kasp/observed", "kasper", CONF, "kind=\"probe\"", "kind=\"probe\" enabled=\"false\"", "kasp.xml:>observed<", E, "no plugin of kind probe looks at the parent"},

	{"kasp/signer-delay", "2.1", CONF, "</Configuration>", "<p:Plugin xmlns:p=\"urn:kasper:plugin:1\" name=\"s\" module=\"signer-opendnssec\" kind=\"signer\"><p:Setting name=\"evidence\">order-written</p:Setting></p:Plugin></Configuration>", "kasp.xml:<Signatures>", W, "nobody looks whether the signer has done what it was told"},

	/* zonelist.xml */
	{"zone/root", "2.1", ZONE, "<ZoneList>", "<Zones>", "<Zones>", E, "the first element is <Zones>, not <ZoneList>"},
	{"zone/unknown", "2.1", ZONE, "<Policy>", "<Polizey/><Policy>", "<Polizey/>", E, "<Polizey> is not known in <Zone>; remove it (<Policy>, <SignerConfiguration>, <Adapters> can stand there)"},
	{"zone/namespace", "2.1", ZONE, "<Policy>", "<Policy xmlns='urn:x'/><Policy>", "urn:x", E, "<Policy> is not known in <Zone>"},
	{"zone/missing", "2.1", ZONE, "<Policy>default</Policy>", "", "<Zone name", E, "<Zone> lacks <Policy>; add it"},
	{"zone/missing-output", "2.1", ZONE, "<Output>\n\t\t\t\t<Adapter type=\"DNS\">/etc/opendnssec/addns.xml</Adapter>\n\t\t\t</Output>", "", "<Zone name", E, "<Adapters> lacks <Output>; add it"},
	{"zone/missing-adapter", "2.1", ZONE, "<Adapter type=\"DNS\">/etc/opendnssec/addns.xml</Adapter>", "", "<Zone name", E, "<Output> lacks <Adapter>; add it"},
	{"zone/twice", "2.1", ZONE, "<Policy>default</Policy>", "<Policy>default</Policy>\n<Policy>default</Policy>", "<SignerC-1", E, "<Zone> has a second <Policy>; remove one"},
	{"zone/both-adapters", "2.1", ZONE, "<Output>", "<Output><File>/x</File>", "type=\"DNS\"", E, "<Output> has a second <Adapter>; remove one"},
	{"zone/name", "2.1", ZONE, " name=\"example.org\"", "", "<Zone>", E, "<Zone> lacks the attribute name; add it"},
	{"zone/attribute", "2.1", ZONE, " name=\"example.org\"", " name=\"example.org\" id=\"1\"", "id=", E, "the attribute id is not known in <Zone>"},
	{"zone/type", "2.1", ZONE, "type=\"DNS\"", "type=\"Dns\"", "type=\"Dns\"", E, "the type of this <Adapter> is neither File nor DNS"},
	{"zone/no-type", "2.1", ZONE, " type=\"DNS\"", "", "<Adapter>", E, "<Adapter> lacks the attribute type; add it"},
	{"zone/empty", "2.1", ZONE, "<Policy>default<", "<Policy> <", "<Policy>", E, "<Policy> is empty; write the name of a policy"},
	{"zone/empty-path", "2.1", ZONE, "/etc/opendnssec/addns.xml", "", "type=\"DNS\"", E, "<Adapter> is empty; write a path"},
	{"zone/text", "2.1", ZONE, "<Policy>", "oops<Policy>", "oops", E, "<Zone> has text where none can stand; remove it"},
	{"zone/bad-name", "2.1", ZONE, "example.org\"", "exa mple.org\"", "exa mple", E, "'exa mple.org' is not a zone name: only letters"},
	{"zone/empty-label", "2.1", ZONE, "example.org\"", "example..org\"", "example..org", E, "'example..org' is not a zone name: it has an empty label"},
	{"zone/wildcard", "2.1", ZONE, "example.org\"", "*.example.org\"", "*.example", E, "'*.example.org' is not a zone name"},
	{"zone/policy", "2.1", ZONE, ">default<", ">absent<", ">absent<", E, "zone example.org: policy 'absent' is not in "},
	{"zone/two-zones", "1.4", ZONE, "\"example.net\"", "\"eXample.com\"", "\"eXample.com\"", E, "zone example.com is there twice, first in line 4; remove one"},
	{"zone/same-signconf", "1.4", ZONE, "signconf/example.net.xml", "signconf/example.com.xml", "\"example.net\"", E, "zone example.net has the same <SignerConfiguration> as zone example.com in line 4"},
	{"zone/relative", "2.1", ZONE, "/var/opendnssec/signconf/", "signconf/", "<Zone name", W, "zone example.org: the path of its signer configuration does not begin with /"},
	{"zone/relative-input", "2.1", ZONE, "/var/opendnssec/unsigned/", "unsigned/", "<Zone name", W, "the path of its input does not begin with /"},
	{"zone/relative-output", "2.1", ZONE, "/etc/opendnssec/addns.xml", "addns.xml", "<Zone name", W, "the path of its output does not begin with /"},
};
/* clang-format on */

/* "@" stands for the folder of the test */
static gchar *
expand(ConfigFixture *fixture, const gchar *text)
{
	GString *expanded = g_string_new(text);

	g_string_replace(expanded, "@", fixture->folder, 0);
	return g_string_free(expanded, FALSE);
}

/* the line of "TEXT", or "TEXT+1" and "TEXT-2" for lines below and above it */
static gint
find_line(ConfigFixture *fixture, const gchar *file, const gchar *mark)
{
	g_autoptr(GRegex) regex = g_regex_new("^(.*)([+-][0-9]+)$", G_REGEX_DOTALL, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *offset = NULL;

	if (!g_regex_match(regex, mark, 0, &match))
		return config_fixture_find_line(fixture, file, mark);
	text = g_match_info_fetch(match, 1);
	offset = g_match_info_fetch(match, 2);
	return config_fixture_find_line(fixture, file, text) +
	       (gint)g_ascii_strtoll(offset, NULL, 10);
}

/* what is said of a file that conf.xml names instead is said of that file */
static const gchar *
get_named_file(const Mistake *mistake)
{
	if (g_str_has_suffix(mistake->name, "conf/no-kasp"))
		return "absent.xml";
	if (g_str_has_suffix(mistake->name, "conf/kasp-is-folder"))
		return "tmp";
	return mistake->mark != NULL && g_str_has_prefix(mistake->mark, "kasp.xml:")
		   ? KASP
		   : mistake->file;
}

static void
test_mistake(gconstpointer data)
{
	const Mistake *mistake = data;
	const gchar *file = get_named_file(mistake);
	ConfigFixture fixture = {0};
	g_autofree gchar *what = NULL;
	g_autofree gchar *with = NULL;
	g_autofree gchar *mark = NULL;
	gint line = 0;

	config_fixture_set_up(&fixture, mistake->set);
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	what = expand(&fixture, mistake->what);
	with = expand(&fixture, mistake->with);
	config_fixture_replace(&fixture, mistake->file, what, with);
	if (mistake->mark != NULL) {
		const gchar *colon =
		    file != mistake->file ? strchr(mistake->mark, ':') + 1 : mistake->mark;

		mark = expand(&fixture, colon);
		line = find_line(&fixture, file, mark);
	}
	config_fixture_load(&fixture);
	config_fixture_assert_found(&fixture, file, line, mistake->level, mistake->text);
	if (mistake->level == E)
		g_assert_null(fixture.config);
	config_fixture_tear_down(&fixture);
}

/* keys without a public object on the token are none that ods-signerd can use, but for RSA */
static void
test_public_keys(void)
{
	ConfigFixture fixture = {0};

	config_fixture_set_up(&fixture, "kasper");
	config_fixture_load(&fixture);
	g_assert_cmpuint(config_fixture_count(&fixture, W), ==, 0);
	config_fixture_replace(&fixture,
			       CONF,
			       "<RequireBackup/>",
			       "<RequireBackup/><SkipPublicKey/>");
	config_fixture_load(&fixture);
	for (guint i = 0; i < fixture.findings->len; i++)
		g_test_message("%s", ((KasperFinding *)fixture.findings->pdata[i])->text);
	config_fixture_assert_found(&fixture,
				    KASP,
				    config_fixture_find_line(&fixture, KASP, "<Repository>"),
				    W,
				    "ods-signerd cannot sign with ECDSAP256SHA256 keys");
	config_fixture_assert_loaded(&fixture);
	config_fixture_tear_down(&fixture);
}

/* the PIN is known to everybody who can read the file, and is in no message */
static void
test_pin(void)
{
	ConfigFixture fixture = {0};

	config_fixture_set_up(&fixture, "2.1");
	config_fixture_replace(&fixture, CONF, "<PIN>1234</PIN>", "<PIN>sesame<x/></PIN>");
	g_assert_cmpint(g_chmod(fixture.conf, 0644), ==, 0);
	config_fixture_load(&fixture);
	g_assert_null(fixture.config);
	for (guint i = 0; i < fixture.findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(fixture.findings, i);

		g_assert_null(strstr(finding->text, "sesame"));
	}
	config_fixture_replace(&fixture, CONF, "sesame<x/>", "sesame");
	g_assert_cmpint(g_chmod(fixture.conf, 0644), ==, 0);
	config_fixture_load(&fixture);
	config_fixture_assert_found(&fixture,
				    CONF,
				    config_fixture_find_line(&fixture, CONF, "<PIN>"),
				    W,
				    "everybody can read this file and with it the PIN");
	config_fixture_assert_loaded(&fixture);
	config_fixture_tear_down(&fixture);
}

/* all that is wrong in all files is said at once, and the error names the first and counts */
static void
test_all_at_once(void)
{
	ConfigFixture fixture = {0};
	gint line;

	config_fixture_set_up(&fixture, "2.1");
	config_fixture_replace(&fixture, CONF, "libsofthsm.so", "absent.so");
	config_fixture_replace(&fixture, KASP, "<Resign>PT2H", "<Resign>often");
	config_fixture_replace(&fixture, ZONE, "example.org\"", "example..org\"");
	config_fixture_load(&fixture);
	line = config_fixture_find_line(&fixture, CONF, "absent.so");
	config_fixture_assert_found(&fixture, CONF, line, E, "absent.so does not exist");
	config_fixture_assert_found(&fixture,
				    KASP,
				    config_fixture_find_line(&fixture, KASP, "often"),
				    E,
				    "<Resign> is 'often'");
	config_fixture_assert_found(&fixture,
				    ZONE,
				    config_fixture_find_line(&fixture, ZONE, "example..org"),
				    E,
				    "empty label");
	/* that policies are not known is no fault of the zones */
	g_assert_cmpuint(config_fixture_count(&fixture, E), ==, 3);
	g_assert_nonnull(strstr(fixture.error->message, "absent.so does not exist"));
	g_assert_nonnull(strstr(fixture.error->message, "(and 2 more)"));
	config_fixture_tear_down(&fixture);
}

static void
test_text(void)
{
	KasperFinding finding = {E, (gchar *)"/etc/conf.xml", 7, (gchar *)"it is wrong"};
	g_autofree gchar *text = kasper_finding_to_text(&finding);
	g_autofree gchar *whole = NULL;

	g_assert_cmpstr(text, ==, "/etc/conf.xml:7: error: it is wrong");
	finding.line = 0;
	finding.level = W;
	whole = kasper_finding_to_text(&finding);
	g_assert_cmpstr(whole, ==, "/etc/conf.xml: warning: it is wrong");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(mistakes); i++) {
		g_autofree gchar *path = g_strconcat("/config/findings/", mistakes[i].name, NULL);

		g_test_add_data_func(path, &mistakes[i], test_mistake);
	}
	g_test_add_func("/config/findings/pin", test_pin);
	g_test_add_func("/config/findings/public-keys", test_public_keys);
	g_test_add_func("/config/findings/all-at-once", test_all_at_once);
	g_test_add_func("/config/findings/text", test_text);
	return g_test_run();
}
