/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of traffic share. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <netinet/in.h>
#include <stdint.h>

#define PORT	4242
#define ROUNDS	25

void die(const char *what);
void enter(const char *ns);
void address(struct sockaddr_in *to, const char *text);
int inet_socket(const char *ns, int type);
int receiver(const char *ns, struct in_addr to, const char *dev);
double median(double *each, int n);
double *numbers(int n);

void stream(char **a);
void gso(char **a);
void race(char **a);

#endif /* TRAFFIC_H */
