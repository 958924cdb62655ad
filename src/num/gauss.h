/*
 * gauss.h
 *		Gauss-Legendre quadrature with 16 nodes: exact for polynomials up to
 *		degree 31.
 */
#ifndef RCV_GAUSS_H
#define RCV_GAUSS_H

#define RCV_GAUSS_NODES 16

/* Nodes in (0, 1) and their weights, which add up to 1. */
extern const double rcv_gauss_node[RCV_GAUSS_NODES];
extern const double rcv_gauss_weight[RCV_GAUSS_NODES];

#endif
